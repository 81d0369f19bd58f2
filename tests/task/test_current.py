"""`current`: what a step may ask about itself, and what there is outside of one."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows import current
from airflow_provider_flows.client import use_store
from airflow_provider_flows.identity import parse_task_id, task_id
from hypothesis import given
from hypothesis import strategies as st

from tests.flow.sources import flow, two_steps
from tests.support.runner import run_flow

ASK = """
self.got = {name: current.get(name, 'unset') for name in (
    'is_running_flow flow_name run_id step_name task_id pathspec retry_count origin_run_id parameter_names '
    'tempdir project_name branch_name is_production is_user_branch project_flow_name trigger card parallel').split()}
self.here = [name for name in ('run_id', 'origin_run_id', 'project_name', 'nonsense') if name in current]
"""


def test_a_step_knows_where_it_is(tmp_path: Path) -> None:
    got = run_flow(tmp_path, two_steps(ASK), run_id="manual__2024-01-31T00:00:00+00:00")("start", "got")
    run = "manual__2024-01-31T00:00:00+00:00"
    assert got == {
        "is_running_flow": True,
        "flow_name": "F",
        "run_id": run,
        "step_name": "start",
        "task_id": "start",
        "pathspec": f"F/{run}/start/start",
        "retry_count": 0,
        "origin_run_id": None,
        "parameter_names": [],
        "tempdir": ".",
        **dict.fromkeys(
            [
                "project_name",
                "branch_name",
                "is_production",
                "is_user_branch",
                "project_flow_name",
                "trigger",
                "card",
                "parallel",
            ],
            "unset",
        ),
    }


def test_in_says_whether_a_name_is_known(tmp_path: Path) -> None:
    assert run_flow(tmp_path, two_steps(ASK))("start", "here") == ["run_id"]


def test_parameter_names_are_attributes_with_files_and_without_constants(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("x")
    body = """
alpha = Parameter('beta', default=1)
data = IncludeFile('data', default='data.txt')
constant = 3
def start(self): self.got = current.parameter_names
"""
    assert run_flow(tmp_path, flow(body))("start", "got") == ["alpha", "data"]


def test_retry_count_goes_up_with_each_attempt(tmp_path: Path) -> None:
    body = "self.got = current.retry_count\nif current.retry_count < 2: raise ValueError"
    assert run_flow(tmp_path, two_steps(body, start="@retry(times=3)"))("start", "got") == 2


def test_split_tasks_and_iterations_have_ids_of_their_own(tmp_path: Path) -> None:
    body = """
def start(self):
    self.xs = [1, 2]
    self.next(self.body, foreach='xs')
def body(self):
    self.id = current.task_id
    self.count = 0
    self.next(self.again)
def again(self):
    self.ids = getattr(self, 'ids', []) + [current.task_id]
    self.count += 1
    self.more = self.count < 2
    self.next({True: self.again, False: self.done}, condition='more')
def done(self): self.next(self.join)
def join(self, inputs):
    self.got = [(i.id, i.ids) for i in inputs]
    self.next(self.end)
def end(self): pass
"""
    assert run_flow(tmp_path, flow(body))("end", "got") == [
        ("body-0", ["again-0.0", "again-0.1"]),
        ("body-1", ["again-1.0", "again-1.1"]),
    ]


def test_no_two_tasks_of_a_run_have_the_same_id(tmp_path: Path) -> None:
    body = """
def start(self):
    self.ids = [current.task_id]
    self.next(self.left, self.right)
def left(self):
    self.here = current.task_id
    self.next(self.join)
def right(self):
    self.here = current.task_id
    self.next(self.join)
def join(self, inputs):
    self.ids = [*inputs.left.ids, inputs.left.here, inputs.right.here, current.task_id]
    try:
        self.merge_artifacts(inputs)
    except Exception as error:
        self.conflict = str(error)
    self.next(self.end)
def end(self): self.ids = [*self.ids, current.task_id]
"""
    run = run_flow(tmp_path, flow(body))
    assert run("end", "ids") == ["start", "left", "right", "join", "end"]
    assert "cannot merge here" in run("end", "conflict")


@given(
    st.from_regex("[a-z0-9][a-z0-9_]{0,9}", fullmatch=True),
    st.lists(st.integers(0, 2000), max_size=3),
    st.none() | st.integers(0, 9),
)
def test_a_tasks_id_says_its_place_given_its_step(step: str, path: list[int], iteration: int | None) -> None:
    task = task_id(step, tuple(path), iteration)
    assert parse_task_id(task, step) == (tuple(path), iteration)
    for other in (f"{step}x", step[:-1], task[1:], ""):
        if other != step:
            with pytest.raises(ValueError, match="is not the id of a task"):
                parse_task_id(task, other)


def test_the_graph_is_known_in_a_step_alone(tmp_path: Path) -> None:
    body = "self.got = sorted(current.graph['steps']), current.graph is not None, current.graph_info == current.graph"
    assert run_flow(tmp_path, two_steps(body))("start", "got") == (["end", "start"], True, True)
    with pytest.raises(RuntimeError, match="only known inside a running step"):
        _ = current.graph


def test_outside_of_a_run_there_is_nothing() -> None:
    names = [
        "flow_name",
        "run_id",
        "step_name",
        "task_id",
        "pathspec",
        "retry_count",
        "origin_run_id",
        "namespace",
        "username",
    ]
    assert [getattr(current, name) for name in names] == [None] * len(names)
    assert not current.is_running_flow
    assert "run_id" not in current and current.get("project_name", 5) == 5
    assert (current.run, current.task) == (None, None)
    with pytest.raises(AttributeError, match="current has no attribute 'project_name' here"):
        _ = current.project_name


def test_after_a_run_current_is_empty_again(tmp_path: Path) -> None:
    run_flow(tmp_path, two_steps("pass").replace("class F", "@project(name='p')\nclass F"))
    run_flow(tmp_path, two_steps("raise ValueError"))
    assert not current.is_running_flow and "project_name" not in current


def test_one_flows_project_is_not_the_next_ones(tmp_path: Path) -> None:
    run_flow(tmp_path, two_steps("pass").replace("class F", "@project(name='p')\nclass F"))
    run = run_flow(tmp_path, two_steps("self.got = 'project_name' in current"), run_id="other")
    assert run("start", "got") is False


def test_run_and_task_are_the_clients(tmp_path: Path) -> None:
    body = """
def start(self):
    self.x = 1
    self.next(self.mid)
def mid(self):
    self.got = (current.run.pathspec, current.task.pathspec, current.run['start'].task.data.x)
"""
    with use_store(str(tmp_path / "store")):
        run = run_flow(tmp_path, flow(body + "    self.next(self.end)\ndef end(self): pass"))
    assert run.failed is None, run.failed and run.failed.exception
    assert run("mid", "got") == ("F/run", "F/run/mid/mid", 1)
