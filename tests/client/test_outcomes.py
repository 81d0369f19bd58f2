"""A task is what its newest attempt left; a run is what its end step is."""

from __future__ import annotations

import pytest
from airflow_provider_flows.client import DataArtifact, Flow, Run, Task
from airflow_provider_flows.errors import NotFound
from airflow_provider_flows.flow.current import current

FAILURE = {"type": "builtins.ValueError", "message": "no", "stacktrace": "Traceback …\nValueError: no\n"}


def test_an_ok_task_is_successful_and_finished(write) -> None:
    write("1").succeed()
    task = Task("TrainFlow/1/end/end")
    assert (task.successful, task.finished, task.exception) == (True, True, None)


def test_a_failed_task_is_neither_and_says_why(write) -> None:
    write("1")("fit", outcome="failed", exception=FAILURE)
    task = Task("TrainFlow/1/fit/fit")
    assert (task.successful, task.finished, task.finished_at, task.parent.finished_at) == (False, False, None, None)
    assert (task.exception.type, task.exception.exception) == ("builtins.ValueError", "no")
    assert str(task.exception) == FAILURE["stacktrace"]


def test_a_caught_task_is_finished_and_shows_no_exception(write) -> None:
    write("1")("fit", outcome="caught", exception=FAILURE, artifacts={"error": "no"})
    task = Task("TrainFlow/1/fit/fit")
    assert (task.successful, task.finished, task.exception, task.data.error) == (False, True, None, "no")
    assert task.finished_at is not None


def test_the_newest_attempt_counts_and_older_ones_can_be_asked(write) -> None:
    run = write("1")
    run("fit", outcome="failed", artifacts={"x": 0})
    run("fit", artifacts={"x": 1})
    assert Task("TrainFlow/1/fit/fit").data.x == 1 and Task("TrainFlow/1/fit/fit").current_attempt == 1
    first = Task("TrainFlow/1/fit/fit", attempt=0)
    assert not first.finished and first.data.x == 0 and repr(first) == "Task('TrainFlow/1/fit/fit', attempt=0)"
    assert DataArtifact("TrainFlow/1/fit/fit/x", attempt=0).data == 0
    for attempt in (2, -1, "../fit/0"):
        with pytest.raises(NotFound):
            Task("TrainFlow/1/fit/fit", attempt=attempt)


def test_a_failed_task_is_looked_at_again(write) -> None:
    run = write("1")
    run("fit", outcome="failed")
    task = Task("TrainFlow/1/fit/fit")
    assert not task.finished
    run("fit")
    assert task.finished and task.current_attempt == 1


def test_a_run_is_what_its_end_step_is(write) -> None:
    run = write("1", end_step="last")
    run("start")
    seen = Run("TrainFlow/1")
    assert (seen.finished, seen.successful, seen.finished_at) == (False, False, None)
    assert seen.end_task is None and seen.data is None
    run("last", artifacts={"x": 1})
    assert seen.finished and seen.successful and seen.data.x == 1
    assert seen.end_task == Task("TrainFlow/1/last/last")


def test_a_run_whose_end_was_caught_is_finished_but_not_successful(write, store) -> None:
    write("1")("end", outcome="caught", exception=FAILURE)
    store.mark_succeeded("TrainFlow", "1")
    run = Run("TrainFlow/1")
    assert run.finished and not run.successful and run.finished_at is not None
    assert Flow("TrainFlow").latest_successful_run is None


def test_the_latest_run_is_the_one_that_started_last(write) -> None:
    write("1").succeed()
    write("2")("start", outcome="failed")
    assert Flow("TrainFlow").latest_run.id == "2"
    assert Flow("TrainFlow").latest_successful_run.id == "1"


def test_a_run_that_was_cleared_and_failed_is_not_the_latest_successful_one(write) -> None:
    write("1").succeed()
    second = write("2")
    second.succeed()
    assert Flow("TrainFlow").latest_successful_run.id == "2"
    second("end", outcome="failed")
    assert Flow("TrainFlow").latest_successful_run.id == "1"


def test_the_latest_successful_run_of_many_is_found_in_few_reads(write, store, monkeypatch) -> None:
    for number in range(60):
        write(str(number)).succeed()
    calls = []
    for name in ("read", "children"):
        method = getattr(type(store._backend), name)
        monkeypatch.setattr(type(store._backend), name, lambda self, key, m=method: calls.append(key) or m(self, key))
    assert Flow("TrainFlow").latest_successful_run.id == "59"
    assert len(calls) < 30


def test_a_run_without_a_record_of_its_own_is_still_a_run(store, write) -> None:
    run = write("1")
    run.run = "2"
    run.succeed(x=1)
    assert Run("TrainFlow/2").data.x == 1


def test_a_step_that_runs_finds_its_own_task(write) -> None:
    write("1")
    names = {"flow_name": "TrainFlow", "run_id": "1", "step_name": "fit", "task_id": "fit"}
    with current._running({**names, "pathspec": "TrainFlow/1/fit/fit"}):
        task = current.task
        assert (task.finished, task.successful, task.exception, task.parent.parent.id) == (False, False, None, "1")
        assert current.run.pathspec == "TrainFlow/1" and not current.run.finished
        assert list(task) == [] and "x" not in task.data and (task.current_attempt, task.stdout) == (0, "")
    with pytest.raises(NotFound):
        Task("TrainFlow/1/fit/fit")
