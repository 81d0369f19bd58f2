"""`current`, in a step and outside of one: nothing of it can be set, and what decorators add is gone after the step."""

from __future__ import annotations

import copy

import pytest
from airflow_provider_flows.client import Run, Task
from airflow_provider_flows.errors import NotFound
from airflow_provider_flows.flow.current import Current, current

STEP = {"flow_name": "TrainFlow", "run_id": "a/b%2F", "step_name": "fit", "task_id": "fit", "graph": {"steps": {}}}


def test_outside_of_a_step_what_belongs_to_a_task_is_none() -> None:
    names = ["run_id", "task_id", "pathspec", "retry_count", "tags", "parameter_names", "run", "task", "trigger"]
    assert [getattr(current, name) for name in names] == [None] * len(names)
    assert not current.is_running_flow and current.tempdir == "."
    assert not any(name in current for name in [*names, "graph", "graph_info", "card", "parallel"])


def test_the_graph_is_an_error_outside_of_a_step_unless_a_default_is_given() -> None:
    with pytest.raises(RuntimeError, match="only known inside a running step"):
        _ = current.graph_info
    assert current.get("graph", "none") == "none" and current.get("graph_info") is None
    with current._running(STEP):
        assert current.graph_info == current.get("graph") == {"steps": {}} and "graph" in current


def test_the_tags_are_a_set_of_the_callers_own() -> None:
    with current._running({**STEP, "tags": frozenset({"a"})}):
        current.tags.add("b")
        assert current.tags == {"a"} and isinstance(current.tags, set)


def test_no_event_triggers_a_run() -> None:
    with current._running(STEP):
        assert current.trigger is None and "trigger" not in current and current.get("trigger", 5) == 5


@pytest.mark.parametrize("name", ["card", "parallel", "is_parallel", "project_name", "nonsense"])
def test_a_name_that_nobody_added_is_an_attribute_error(name) -> None:
    with current._running(STEP), pytest.raises(AttributeError, match=f"no attribute '{name}' here"):
        getattr(current, name)


def test_what_a_decorator_adds_lasts_as_long_as_the_step() -> None:
    with current._running(STEP):
        current._update_env({"parallel": (1, 2), "is_parallel": True})
        assert current.parallel == (1, 2) and current.is_parallel and "parallel" in current
    assert "parallel" not in current and not hasattr(current, "is_parallel")


@pytest.mark.parametrize("name", ["run_id", "graph", "run", "mine"])
def test_nothing_can_be_set(name) -> None:
    with pytest.raises(AttributeError):
        setattr(current, name, 1)


def test_it_can_be_copied() -> None:
    with current._running(STEP):
        assert copy.copy(current).run_id == "a/b%2F"
    assert Current().run_id is None


def test_the_run_and_its_tasks_are_found_whatever_their_id(write) -> None:
    write("a/b%2F", system_tags=["user:somebody else"])("start")
    with current._running(STEP):
        assert current.run.id == "a/b%2F" and current.run["start"].task.successful
        assert isinstance(current.run, Run) and isinstance(current.task, Task)
        assert current.task.path_components == ["TrainFlow", "a/b%2F", "fit", "fit"] and not current.task.finished
    with current._running({**STEP, "run_id": "2"}), pytest.raises(NotFound):
        _ = current.run
