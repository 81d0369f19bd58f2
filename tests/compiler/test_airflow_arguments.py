"""What users ask of operators and DAGs is rejected, or Airflow can import, store and queue it."""

from __future__ import annotations

import inspect
import itertools
import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.compiler import airflow_arguments as tables
from airflow_provider_flows.compiler.airflow_arguments import dag_argument, operator_argument
from airflow_provider_flows.compiler.arguments import parse_task_args
from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.errors import FlowsError, InvalidFlow, UsageError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flow.sources import flow

NAMES = {
    "operator": [*tables.OPERATOR, *tables.NOT_OF_USERS, "no_such"],
    "DAG": [*tables.DAG, *tables.NOT_OF_DECORATORS, "no_such"],
}
WORDS = ("x", "a.b", "a.b:c", "", "downstream", "manual", "https://x.org")
TIMES = ("@daily", "@continuous", "@once", "P1D", "0 6 * * *", "2026-01-31", "1999-12-31T23:59+05:30")
NUMBERS = (0, 1, -1, 3, 10**6, 2**31, 1.5, 1e300, True, False, None)
LISTS = (["x"], ["a.b", "c.d"], ["manual", "scheduled"], ["scheduled"], [])
OBJECTS = (
    *({"a": "b"}, {"x": ["can_read"]}, {"x": {"DAGs": ["can_edit"]}}, {"pod_override": 1}, {"x": "https://x.org"}),
    *({"x": "mailto:a@b"}, {"retries": 3, "owner": "me"}, {"cron": "0 6 * * *"}),
)
PLAUSIBLE: st.SearchStrategy[Any] = st.sampled_from([*WORDS, *TIMES, *NUMBERS, *LISTS, *OBJECTS])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
FLOW = """
import datetime
from airflow_provider_flows import FlowDecorator, FlowSpec, StepDecorator, step
from airflow_provider_flows.decorators.attach import flow_decorator, step_decorator

class Asks(StepDecorator):
    name = "asks"
    def operator_arguments(self):
        return {operator!r}

class AsksMore(FlowDecorator):
    name = "asks_more"
    def dag_arguments(self):
        return {dag!r}

asks, asks_more = step_decorator(Asks), flow_decorator(AsksMore)

@asks_more
class ArgumentsFlow(FlowSpec):
    @asks
    @step
    def start(self):
        self.items = [1, 2]
        self.next(self.body, foreach="items")

    @step
    def body(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass
"""
numbers = itertools.count()


def arguments(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(NAMES[kind]), PLAUSIBLE | JSON, max_size=6)


def compiled(folder: Path, operator: Mapping[str, Any], dag: Mapping[str, Any], *task_args: str) -> str:
    file = folder / f"arguments{next(numbers)}_flow.py"
    file.write_text(FLOW.format(operator=dict(operator), dag=dict(dag)), encoding="utf-8")
    return compile_flow(CompileOptions(file, task_args=parse_task_args(task_args))).text


def accepted(check: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the table takes; all else is a UsageError and nothing worse."""
    found = {}
    for name, value in given.items():
        try:
            check(name, value)
        except UsageError as error:
            assert name in str(error)
        else:
            found[name] = value
    return found


@settings(max_examples=80, deadline=None)
@given(operator=arguments("operator"), dag=arguments("DAG"), typed=arguments("operator"))
def test_what_is_not_rejected_can_be_imported_stored_and_queued(
    airflow_home: Path, tmp_path_factory: pytest.TempPathFactory, operator: dict, dag: dict, typed: dict
) -> None:
    folder = tmp_path_factory.mktemp("arguments")
    operator, dag, typed = (
        accepted(operator_argument, operator),
        accepted(dag_argument, dag),
        accepted(operator_argument, typed),
    )
    for given_ in (operator, dag.get("default_args", {}), typed):
        given_.pop("executor", None)  # only a deployment knows which there are
    try:
        text = compiled(folder, operator, dag, *(f"end.{name}={json.dumps(value)}" for name, value in typed.items()))
    except FlowsError:
        return  # catchup without a start date, two things that exclude each other
    queue(folder, text)


def queue(folder: Path, text: str) -> None:
    """Do with a DAG file what Airflow does until a worker has its tasks; raise what would stop its processes."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db
    from airflow.executors.workloads import ExecuteTask
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from airflow.utils.state import DagRunState
    from airflow.utils.types import DagRunTriggeredByType, DagRunType
    from sqlalchemy import select

    dags = folder / "dags"
    dags.mkdir()
    (dags / "flow.py").write_text(text, encoding="utf-8")
    DagBundlesManager().sync_bundles_to_db()
    bag = BundleDagBag(dag_folder=dags, bundle_path=dags, bundle_name="dags-folder")
    assert not bag.import_errors
    (dag,) = bag.dags.values()
    dag.dag_id = f"{dag.dag_id[:200]}{next(numbers)}"
    bag.dags = {dag.dag_id: dag}
    sync_bag_to_db(bag, "dags-folder", None)
    now = datetime.now(timezone.utc)
    with create_session() as session:
        stored = SerializedDagModel.get_dag(dag.dag_id, session=session)
        assert stored is not None
        run = stored.create_dagrun(
            run_id="manual__1",
            run_after=now,
            run_type=DagRunType.MANUAL,
            triggered_by=DagRunTriggeredByType.TEST,
            state=DagRunState.RUNNING,
            session=session,
        )
        run.dag = stored
        run.update_state(session=session)
        session.flush()
        session.expire_all()
        instances = session.scalars(select(TaskInstance).where(TaskInstance.dag_id == dag.dag_id)).all()
        assert {ti.task_id for ti in instances} == {"start", "body", "join", "end"}
        for ti in instances:
            ti.task, ti.end_date = stored.get_task(ti.task_id), now
            ti.next_retry_datetime()
            ExecuteTask.make(ti, dag_rel_path=Path("flow.py")).model_dump_json()


def test_every_argument_of_airflow_is_in_the_tables() -> None:
    from airflow.sdk import DAG, BaseOperator

    ours = {"flow", "step", "environment", "step_resources"}
    later = {"retry_policy", "render_template_as_native_obj", "allowed_run_types", "rerun_with_latest_version"}
    for taken, known in (
        (BaseOperator, {*tables.OPERATOR, *tables.NOT_OF_USERS} - ours),
        (DAG, {*tables.DAG, *tables.NOT_OF_DECORATORS}),
    ):
        names = set(inspect.signature(taken.__init__).parameters) - {"self", "kwargs"}
        assert names <= known
        assert known - names <= later


def test_the_values_that_airflow_lists_are_those_of_the_tables() -> None:
    from airflow.sdk import WeightRule
    from airflow.utils.types import DagRunType

    later = {"operator_triggered"}  # than Airflow 3.2
    assert {kind.value for kind in DagRunType} - later == set(tables.RUN_TYPES)
    assert {rule.value for rule in WeightRule} == set(tables.WEIGHT_RULES)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("start.executor_config={'pod_override':1}", "executor_config must be a JSON object"),
        (
            'start.executor_config={"pod_override": 1}',
            "without 'pod_override', which is an object of Kubernetes' client",
        ),
        ("start.retires=1", "an Airflow operator has no argument 'retires'. Did you mean retries?"),
        ("start.trigger_rule=all_done", "trigger_rule is set by the compiler and cannot be changed"),
        ("start.do_xcom_push=false", "do_xcom_push is set by the compiler"),
        ("start.on_failure_callback=page", "must be the import path of a function"),
        ("start.on_failure_callback=a.class", "must be the import path of a function"),
        ("start.resources={}", "Write @resources above the step"),
        ("start.retries=1e3", "retries must be a whole number from 0 to 1000000"),
        ("start.retries=true", "retries must be a whole number"),
        ("start.pool=" + "[" * 10**5, "pool must be a text of 1 to 250 characters"),
        ("start.pool=[7]", "pool must be a text of 1 to 250 characters"),
        ("start.pool=", "pool must be a text of 1 to 250 characters"),
        ("start.environment=[]", "environment must be a JSON object"),
        ("start.start_date=2026-02-31", "start_date must be a date"),
    ],
)
def test_what_airflow_could_not_use_is_rejected_at_once(text: str, words: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_task_args([text])
    assert words in str(error.value) and str(error.value).startswith(f"--task-arg {text!r}: ")


def test_a_text_that_could_be_json_is_text_where_text_is_meant() -> None:
    given = ("a.pool=7", "a.queue=true", "a.retries=7", "a.doc=null", "a.depends_on_past=true")
    assert parse_task_args(given)["a"] == {
        "pool": "7",
        "queue": "true",
        "retries": 7,
        "doc": "null",
        "depends_on_past": True,
    }


def test_the_command_line_and_decorators_are_told_the_same(tmp_path: Path) -> None:
    with pytest.raises(InvalidFlow, match="an Airflow operator has no argument 'retires'") as error:
        compiled(tmp_path, {"retires": 1}, {})
    assert "operator_arguments of @asks: " in str(error.value) and "@asks" in str(error.value).splitlines()[1]
    with pytest.raises(InvalidFlow, match="dag_arguments of @asks_more: an Airflow DAG has no argument 'retries'"):
        compiled(tmp_path, {}, {"retries": 1})


def test_a_decorator_may_ask_for_all_that_a_literal_can_say_of_a_dag(tmp_path: Path) -> None:
    wanted = {
        "schedule": "@daily",
        "start_date": datetime(2026, 1, 2, tzinfo=timezone.utc),
        "catchup": True,
        "dagrun_timeout": timedelta(hours=2),
        "max_active_runs": 3,
        "owner_links": {"me": "https://example.com"},
        "is_paused_upon_creation": False,
        "description": "said by a decorator",
        "on_failure_callback": "acme.page",
        "default_args": {"owner": "me", "retries": 2, "on_failure_callback": "acme.tell"},
        "tags": ["one", "two"],
    }
    text = compiled(tmp_path, {"retries": 1}, wanted)
    for said in (
        'schedule="@daily"',
        'start_date=pendulum.datetime(2026, 1, 2, tz="UTC")',
        "catchup=True",
        "dagrun_timeout=timedelta(hours=2)",
        "max_active_runs=3",
        'on_failure_callback=ImportedCallback("acme.page")',
        'tags=["flow", "one", "two"]',
    ):
        assert said in text
    assert (text.count('owner="me"'), text.count("retries=2"), text.count("retries=1")) == (4, 3, 1)


@pytest.mark.parametrize(("operator", "dag"), [({"retries": 2}, {}), ({}, {"default_args": {"retries": 2}})])
def test_what_was_wanted_of_retries_leaves_catch_its_own(tmp_path: Path, operator: dict, dag: dict) -> None:
    """However retries are asked for, they are tries of user code; those that record a death come on top."""
    file = tmp_path / "caught_flow.py"
    file.write_text(
        FLOW.format(operator=operator, dag=dag)
        .replace("    @asks\n    @step", "    @step")
        .replace("    @step\n    def join", "    @asks\n    @catch(var='why')\n    @step\n    def join")
        .replace("StepDecorator, step", "StepDecorator, catch, step")
    )
    assert "retries=5" in compile_flow(CompileOptions(file)).text


def test_what_all_steps_are_given_reaches_each_of_them(tmp_path: Path) -> None:
    """A step's own wins, retries are tries of user code, and a fan-out takes what it can: it runs no step."""
    file = tmp_path / "all_flow.py"
    file.write_text(
        flow(
            """
            def start(self):
                self.xs = [1]
                self.next(self.outer, foreach='xs')
            def outer(self):
                self.ys = [1]
                self.next(self.inner, foreach='ys')
            @catch(var='why')
            def inner(self): self.next(self.join)
            def join(self, inputs): self.next(self.join_2)
            def join_2(self, inputs): self.next(self.end)
            def end(self): pass
            """
        )
    )
    given = ["*.owner=ml", "end.owner=me", "*.retries=2", '*.environment={"A": "b"}', '*.step_resources={"gpu": 1}']
    plan = compile_flow(CompileOptions(file, task_args=parse_task_args(given))).plan
    tasks = {t.task_id: dict(t.arguments) for block in plan.blocks for t in getattr(block, "tasks", [block])}
    assert {name: task["owner"] for name, task in tasks.items()} == {**dict.fromkeys(tasks, "ml"), "end": "me"}
    assert {name: task["retries"] for name, task in tasks.items()} == {**dict.fromkeys(tasks, 2), "inner": 5}
    without = [name for name, task in tasks.items() if not {"environment", "step_resources"} & task.keys()]
    assert len(tasks) == 7 and without == ["fan_out_outer"]


@pytest.mark.parametrize("artifact", ["x" * 300, "ü" * 300])
def test_the_ids_of_long_names_fit_into_airflow(airflow_home: Path, tmp_path: Path, artifact: str) -> None:
    file = tmp_path / "long_flow.py"
    file.write_text(FLOW.format(operator={}, dag={}).replace("items", artifact), encoding="utf-8")
    queue(tmp_path, compile_flow(CompileOptions(file)).text)
