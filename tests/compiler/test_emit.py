"""A DAG file says what its plan says, and reads as if a person had written it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow_provider_flows.compiler.airflow_text import LONGEST_TAG, airflow_text, check_tag
from airflow_provider_flows.compiler.dag_plan import DagPlan, EdgePlan, GroupPlan, ParamPlan, TaskPlan, Timetable
from airflow_provider_flows.compiler.emit import RESERVED, emit, variable_name
from airflow_provider_flows.compiler.literals import Call, Name
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.compiler.support import dag, edges, findings, group, hostile, task

FOREACH = dag(
    task("start"),
    group("xs", "start", task("fit", retries=2), task("check"), edges=edges("fit > check")),
    task("join"),
    task("end"),
    edges=edges("check > join", "join > end"),
)


def dependencies(plan: DagPlan) -> list[str]:
    """The lines of a file that say what comes after what."""
    lines = emit(plan).partition("SOURCES = ")[0].split("\n")
    return [line.strip() for line in lines if " >> " in line or "set_downstream" in line]


def parsed(text: str) -> SimpleNamespace:
    """Run a DAG file as Airflow's DAG processor would, and return its names."""
    names: dict[str, Any] = {}
    exec(compile(text.encode(), "dag.py", "exec"), names)
    return SimpleNamespace(**names)


def test_a_dag_file_reads_like_one() -> None:
    assert (
        emit(FOREACH).partition("with DAG(")[2].partition("SOURCES")[0]
        == """\
dag_id="SomeFlow", schedule=None, catchup=False) as dag:
    start = FlowStepOperator(flow=FLOW, task_id="start")

    @task_group(group_id="foreach_xs", prefix_group_id=False)
    def foreach_xs(split):
        fit = FlowStepOperator(flow=FLOW, task_id="fit", retries=2)
        check = FlowStepOperator(flow=FLOW, task_id="check")
        fit >> check

    xs = foreach_xs.expand(split=start.output)
    join = FlowStepOperator(flow=FLOW, task_id="join")
    end = FlowStepOperator(flow=FLOW, task_id="end")

    xs >> join >> end

"""
    )


def test_it_imports_what_it_uses_and_nothing_else() -> None:
    assert "import FlowStepOperator, compiled_flow\n" in emit(dag())
    assert "from airflow.sdk import DAG\n" in emit(dag())
    scheduled = emit(
        dag(schedule=Timetable("0 6 * * *", "Europe/Berlin"), start_date=datetime(2024, 1, 1, tzinfo=timezone.utc))
    )
    assert "import pendulum\nfrom airflow.sdk import DAG\nfrom airflow.timetables.trigger import Cron" in scheduled
    assert 'start_date=pendulum.datetime(2024, 1, 1, tz="UTC")' in scheduled


@pytest.mark.parametrize(
    "plan",
    [
        dag(),
        FOREACH,
        dag(task("start", "FlowFanOutOperator", execution_timeout=timedelta(hours=2)), doc_md="A\n\nb \\d\n"),
        dag(task("a" * 40), task("b"), edges=edges(f"{'a' * 40} > b: " + "long label " * 9)),
        dag(schedule=Timetable("0 6 * * *", "UTC"), params=(ParamPlan("p", (("type", "string"),), required=True),)),
        dag(*map(task, "abcdefgh"), edges=edges(*(f"{a} > {b}" for a in "abcd" for b in "efgh"))),
        dag(
            sources={"a.py": "import os\n\n\n# noqa\n# ruff: noqa\n" * 9, "b.bin": bytes(range(256)), "é.py": "#" * 300}
        ),
    ],
    ids=range(7),
)
def test_ruff_finds_nothing(plan: DagPlan) -> None:
    assert findings(emit(plan)) == ""


def test_edges_are_chained_as_a_person_would() -> None:
    diamond = dag(
        *map(task, ["start", "a", "b", "join", "end"]),
        edges=edges("start > a", "start > b", "a > join", "b > join", "join > end"),
    )
    assert dependencies(diamond) == ["start >> [a, b] >> join >> end"]
    switch = dag(*map(task, "sabe"), edges=edges("s > a: one", "s > b: two", "a > e", "b > e"))
    assert dependencies(switch) == ['s >> Label("one") >> a >> e', 's >> Label("two") >> b >> e']


def test_an_edge_out_of_the_middle_of_a_group_stays_one() -> None:
    plan = dag(*FOREACH.blocks, edges=edges("fit > end", "check > join"))
    assert dependencies(plan)[1:] == ["xs >> join", "fit >> end"]
    assert 'fit = dag.get_task("fit")' in emit(plan)


def test_a_label_on_such_an_edge_keeps_to_it() -> None:
    plan = dag(*FOREACH.blocks, edges=edges("fit > end: case"))
    assert 'fit.set_downstream(end, edge_modifier=Label("case"))' in dependencies(plan)


def test_what_a_group_maps_over_is_not_said_twice() -> None:
    plan = dag(*FOREACH.blocks, edges=edges("start > fit", "start > foreach_xs", "check > end"))
    assert dependencies(plan)[1:] == ["xs >> end"]


@pytest.mark.parametrize(
    "word", ["class", "DAG", "FLOW", "SOURCES", "dag", "Label", "l", "float", "split", "timedelta"]
)
def test_a_step_may_be_called_anything(word: str) -> None:
    variable = variable_name(word)
    assert variable not in RESERVED
    assert findings(emit(dag(TaskPlan(word, variable, "FlowStepOperator", word)))) == ""


def test_variables_differ_and_stay_short() -> None:
    assert variable_name("fit", {"fit"}) == "fit_"
    assert len(variable_name("x" * 250)) == 40
    assert variable_name("2-x") == "_2_x"


@pytest.mark.parametrize(
    "plan",
    [
        dag(TaskPlan("a", "a; import os", "FlowStepOperator", "a")),
        dag(TaskPlan("a", "a", "os.system('x')", "a")),
        dag(TaskPlan("a", "a", "FlowStepOperator", "a", (("x=1, y", 2),))),
        dag(task("a"), task("a")),
        dag(task("dag")),
    ],
)
def test_a_name_that_is_none_is_rejected(plan: DagPlan) -> None:
    with pytest.raises(ValueError):
        emit(plan)


@pytest.mark.parametrize(
    "value", [object(), Name("SOURCES"), Call("print"), [Call("print")], {"a": {"b": Name("x")}}, datetime(2024, 1, 1)]
)
def test_a_value_that_is_code_or_nothing_known_is_rejected_by_name(value: object) -> None:
    with pytest.raises(TypeError, match="argument 'pool' of task 'a'"):
        emit(dag(task("a", pool=value)))


def test_the_bytes_do_not_depend_on_the_process() -> None:
    plan = "dag(tags={'a', 'b', 'c', 'd'}, doc_md='漢\\u0378\\n\\n' * 9)"
    program = f"from tests.compiler.test_emit import *; print(emit({plan}))"
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


@settings(max_examples=15, deadline=None)
@given(hostile())
def test_hostile_text_gives_a_file_that_ruff_likes(text: str) -> None:
    assert findings(emit(hostile_plan(text))) == ""


@pytest.mark.airflow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hostile())
def test_hostile_text_arrives_in_airflow_as_that_text(text: str) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    file = parsed(emit(hostile_plan(text)))
    found = DagSerialization.from_dict(DagSerialization.to_dict(file.dag))
    storable = airflow_text(text)
    assert {"some_flow.py": text, "data": text.encode("utf-8", "surrogatepass")} == file.SOURCES
    assert file.FLOW.decorators == (text,)
    assert found.doc_md in (storable, f"{storable}\n")
    assert found.description == found.task_dict["start"].doc_md == storable
    assert found.tags == {tag_of(text)}
    assert found.edge_info["start"]["end"]["label"] == storable
    assert found.params.dump()["p"] == {"k": [storable]}
    assert found.task_dict["start"].doc_md == storable


def tag_of(text: str) -> str:
    return check_tag(airflow_text(text)[:LONGEST_TAG].strip() or "flow")


def hostile_plan(text: str) -> DagPlan:
    """A plan with `text` wherever a flow can carry text, as the planner puts it there."""
    storable = airflow_text(text)
    sources = {"some_flow.py": text, "data": text.encode("utf-8", "surrogatepass")}
    plan = dag(
        task("start", doc_md=storable),
        task("end"),
        edges=(EdgePlan("start", "end", storable),),
        params=(ParamPlan("p", (("type", "object"), ("description", storable)), default={"k": [storable]}),),
        description=storable,
        doc_md=storable,
        tags=[tag_of(text)],
    )
    return replace(plan, flow=replace(plan.flow, sources=sources, arguments=(("decorators", [text]),)))


@pytest.mark.airflow
def test_airflow_sees_the_edges_of_the_plan() -> None:
    plan = dag(*FOREACH.blocks, edges=edges("fit > end: case", "check > join", "join > end"))
    found = {name: task.downstream_task_ids for name, task in parsed(emit(plan)).dag.task_dict.items()}
    assert found == {"start": {"fit"}, "fit": {"check", "end"}, "check": {"join"}, "join": {"end"}, "end": set()}


NODES = ("start", "a", "b", "c", "p", "q", "r", "s", "end")
GROUPED = {"a": "g", "b": "g", "c": "g", "q": "h", "r": "h"}
PAIRS = [(up, down) for n, up in enumerate(NODES) for down in NODES[n + 1 :] if (up, down) != ("start", "q")]


@pytest.mark.airflow
@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from(PAIRS), st.sampled_from([None, None, "case", "l" * 90]), max_size=14))
def test_airflow_sees_just_the_edges_of_any_plan(pairs: dict[tuple[str, str], str | None]) -> None:
    inside = {pair for pair in pairs if GROUPED.get(pair[0], pair[0]) == GROUPED.get(pair[1])}
    found = parsed(emit(grouped_plan(pairs, inside))).dag
    roots = {node for node in GROUPED if not any(down == node for _, down in inside)}
    mapped = {("start" if GROUPED[root] == "g" else "p", root) for root in roots}
    assert {(up.task_id, down) for up in found.tasks for down in up.downstream_task_ids} == mapped | set(pairs)


def grouped_plan(pairs: dict[tuple[str, str], str | None], inside: set[tuple[str, str]]) -> DagPlan:
    """Groups `g`, over `start`, and `h`, over `p`, among tasks; `inside` are the edges within them."""

    def of(group_id: str) -> tuple[EdgePlan, ...]:
        return tuple(EdgePlan(*pair, pairs[pair]) for pair in inside if GROUPED[pair[0]] == group_id)

    blocks = (
        task("start"),
        GroupPlan("g", "g", "start", tuple(map(task, "abc")), of("g")),
        task("p"),
        GroupPlan("h", "h", "p", tuple(map(task, "qr")), of("h")),
        task("s"),
        task("end"),
    )
    return dag(*blocks, edges=tuple(EdgePlan(*pair, label) for pair, label in pairs.items() if pair not in inside))


@pytest.mark.airflow
def test_documentation_that_ends_like_a_file_name_is_no_file() -> None:
    long = "no file has such a name " * 20 + ".md"
    assert parsed(emit(dag(doc_md=long))).dag.doc_md.strip() == long


@pytest.mark.airflow
def test_parsing_a_dag_does_not_look_at_the_flow() -> None:
    file = parsed(emit(dag(sources={"some_flow.py": "raise SystemExit('imported')"})))
    assert file.FLOW.sources() == {"some_flow.py": "raise SystemExit('imported')"}


def test_group_arguments_are_written_too() -> None:
    block = GroupPlan("g", "g", "start", (task("fit"),), (), (("tooltip", "each"),))
    assert '@task_group(group_id="g", prefix_group_id=False, tooltip="each")' in emit(dag(task("start"), block))
