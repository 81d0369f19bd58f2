"""What a task says in Airflow of what it stored, and why it did not run: whatever names and numbers there are."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("airflow.sdk")

from airflow_provider_flows.contract import LONGEST_SPLIT_LABEL
from airflow_provider_flows.errors import CodeMismatch, FlowNotLoadable, InputsMissing
from airflow_provider_flows.flow.state import Frame
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.operators.compiled import CompiledFlow
from airflow_provider_flows.operators.execution import execute_fan_out, execute_step
from airflow_provider_flows.operators.failures import StepNotRun, because_of_others, not_run
from airflow_provider_flows.operators.task_instance import TaskInstance, task_instance
from airflow_provider_flows.operators.telling import label, rendered, stored
from airflow_provider_flows.store import ArtifactRef, AttemptRecord


def record(artifacts: dict[str, ArtifactRef], outcome: str = "ok", run: str = "manual__1") -> AttemptRecord:
    return AttemptRecord(TaskAddress("F", run, "fit", "fit-0"), 2, outcome, artifacts=artifacts)


def ref(size: int, kind: str = "int") -> ArtifactRef:
    return ArtifactRef("digest", kind, size)


def test_many_artifacts_and_long_names_stay_readable() -> None:
    many = {f"name_{number:04}{'x' * 500}": ref(1 << 20, "a.Class" * 90) for number in range(1000)}
    left = record({**many, "_hidden": ref(1 << 40)})
    _, artifacts, *_ = stored(left, "/store", "f.py").splitlines()
    assert artifacts.startswith("  1000 artifacts, 1000.0 MiB: name_0000") and artifacts.endswith(" and 990 more")
    rows = rendered(left, "/store")["artifacts"].splitlines()
    assert len(rows) == 61 and rows[-1] == "… and 940 more, 1000.0 MiB in all"
    assert max(map(len, [artifacts, *rows])) < 2500 and not any("hidden" in row for row in rows)


def test_no_artifacts_are_told_as_such() -> None:
    assert stored(record({}), "/store", "f.py").splitlines()[1] == "  no artifacts"
    assert rendered(record({}), "/store")["artifacts"] == ""


def test_names_cannot_move_a_terminal_or_add_lines() -> None:
    assert rendered(record({"a\n\x1b[2J": ref(5, "b\x07")}), "/store")["artifacts"] == "a^J^[[2J  b^G  5 B"


def test_the_command_can_be_pasted_whatever_the_run_is_called() -> None:
    last = stored(record({}, run="it's a $(run)"), "/store", "my flows/f.py").splitlines()[-1]
    command = last.partition(":")[2]
    assert shlex.split(command) == ["flows", "my flows/f.py", "dump", "it's a $(run)/fit/fit-0"]


def test_what_reads_the_store_of_a_dag_s_own_names_it() -> None:
    *_, python, shell = stored(record({}), 's3://my "b"/x', "f.py", of_dag=True).splitlines()
    assert python == r"""  Read in Python: Task("F/manual__1/fit/fit-0", root="s3://my \"b\"/x").data"""
    words = shlex.split(shell.partition(":")[2])
    assert words == ["flows", "f.py", "--datastore-root", 's3://my "b"/x', "dump", "manual__1/fit/fit-0"]
    failed = stored(record({}, "failed"), "/store", "f.py", of_dag=True).splitlines()[-1]
    assert failed == '  Read in Python: Task("F/manual__1/fit/fit-0", attempt=2, root="/store").data'


def test_a_failed_attempt_is_read_by_its_number() -> None:
    last = stored(record({}, "failed"), "/store", "f.py").splitlines()[-1]
    assert last == '  Read in Python: Task("F/manual__1/fit/fit-0", attempt=2).data'


def test_a_password_in_the_store_s_address_is_not_shown() -> None:
    root = "ftp://me:secret@host/store"
    assert "secret" not in stored(record({}), root, "f.py")
    assert rendered(record({}), root)["datastore"] == "ftp://me:***@host/store"


@pytest.mark.parametrize("caught", [False, True])
def test_a_label_is_as_long_as_airflow_keeps_and_says_what_was_caught(caught: bool) -> None:
    for length in (1, LONGEST_SPLIT_LABEL + 50):
        context: dict[str, str] = {}
        label(context, (Frame("fit", "items", 0, 1, "x" * length),), caught)
        said = context["split_label"]
        assert len(said) <= LONGEST_SPLIT_LABEL and said.endswith(" · caught") == caught


@dataclass
class Task:
    """A task of a DAG, as an operator sees the tasks before it."""

    task_id: str
    upstream_list: list[Task] = field(default_factory=list)
    group: str | None = None

    def get_closest_mapped_task_group(self) -> str | None:
        return self.group


@dataclass
class Instance:
    """A task instance that knows the states of others, in the words of Airflow."""

    states: dict[str, str]
    map_index: int = -1
    dag_id = run_id = task_id = "x"
    try_number = max_tries = 1

    @property
    def read(self) -> TaskInstance:
        return task_instance({"ti": self})

    def get_task_states(self, dag_id: str, task_ids: list[str], run_ids: list[str]) -> dict[str, dict[str, str]]:
        (task,) = task_ids
        own = {key: state for key, state in self.states.items() if key == task or key[: len(task) + 1] == f"{task}_"}
        return {"x": own} if own else {}


@dataclass
class Parents:
    """What is known once the flow is loaded: who has @catch, and whose items are those of the task at hand."""

    caught: tuple[str, ...] = ()
    items: tuple[int, ...] = ()

    def catches(self, task: str) -> bool:
        return task in self.caught

    def with_our_items(self, step: str, indices: Iterable[int]) -> set[int]:
        return set(indices) & set(self.items)


NONE_CAUGHT = Parents()


def why(task: Task, states: dict[str, str], map_index: int = -1, parents: Any = NONE_CAUGHT) -> str:
    error = InputsMissing("as it was")
    return str(not_run(error, task, Instance(states, map_index).read, parents)).replace(
        f" This task's own error: {error}", ""
    )


START = Task("start")
FIT = Task("fit", [START], "group")
SCORE = Task("score", [FIT], "group")
JOIN = Task("join", [SCORE])


def test_the_task_that_failed_is_named_across_those_that_it_kept_from_running() -> None:
    states = {"start": "failed", "fit": "upstream_failed", "score": "upstream_failed"}
    assert why(JOIN, states) == "Not run, because 'start' failed. Clear it and its downstream tasks."


def test_items_that_failed_are_named_by_their_map_index() -> None:
    states = {"start": "success", **{f"fit_{index}": "failed" for index in range(7)}, "fit_7": "success"}
    states |= {f"score_{index}": "upstream_failed" for index in range(7)}
    said = "Not run, because 'fit' (map index 0, 1, 2, 3 and 3 more) failed. Clear it and its downstream tasks."
    assert why(JOIN, states) == said


def test_an_item_does_not_hear_of_the_failures_of_others() -> None:
    states = {"start": "success", "fit_0": "failed", "fit_1": "success"}
    assert why(SCORE, states, 0) == "Not run, because 'fit' (map index 0) failed. Clear it and its downstream tasks."
    assert why(SCORE, states, 1) == "as it was"


def test_several_failures_are_named_together() -> None:
    last = Task("last", [Task("a"), Task("b"), Task("c")])
    said = "Not run, because 'a', 'b' and 'c' failed. Clear them and their downstream tasks."
    assert why(last, {"a": "failed", "b": "failed", "c": "failed"}) == said


def test_without_a_failure_the_reason_stays_what_it_was() -> None:
    assert why(JOIN, {"score": "success"}) == "as it was"
    assert why(JOIN, {}) == "as it was"


def test_what_the_task_itself_met_is_always_told() -> None:
    error = CodeMismatch("no such step")
    said = str(not_run(error, SCORE, Instance({"fit": "failed"}).read, NONE_CAUGHT))
    reason = "Not run, because 'fit' failed. Clear it and its downstream tasks."
    assert said == f"{reason} This task's own error: no such step"


@pytest.mark.parametrize("parents", [Parents(caught=("fit",)), None], ids=["caught", "not known"])
def test_a_failure_that_is_or_may_be_caught_is_blamed_for_nothing(parents: Parents | None) -> None:
    assert why(SCORE, {"fit": "failed"}, parents=parents) == "as it was"
    assert because_of_others(FlowNotLoadable("for now"), SCORE, Instance({"fit": "failed"}).read, parents) is None


def test_what_kept_a_parent_from_being_started_is_named_though_the_flow_is_not_known() -> None:
    states = {"fit": "failed", "score": "upstream_failed"}
    assert why(JOIN, states, parents=None) == "Not run, because 'fit' failed. Clear it and its downstream tasks."


def test_items_in_other_groups_are_told_apart() -> None:
    later = Task("later", [FIT], "another group")
    assert why(later, {"fit_0": "failed", "fit_1": "success"}, 5, Parents(items=(1,))) == "as it was"
    assert "'fit' (map index 0)" in why(later, {"fit_0": "failed", "fit_1": "success"}, 5, Parents(items=(0,)))


def test_an_airflow_that_does_not_answer_hides_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Instance, "get_task_states", None)
    assert why(JOIN, {}) == "as it was"


def test_a_setting_that_is_wrong_is_met_once_by_every_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWS_SIGNING_KEY", "")
    flow, context = CompiledFlow("F", "f.py", "digest", dict), {"ti": Instance({})}
    for execute, operator in (
        (execute_step, SimpleNamespace(flow=flow, task_id="fit", upstream_list=[])),
        (execute_fan_out, SimpleNamespace(flow=flow, task_id="fan", step="fit", upstream_list=[])),
    ):
        with pytest.raises(StepNotRun, match="FLOWS_SIGNING_KEY is set, and empty"):
            execute(operator, context)
