"""What attempts printed can be read, of killed ones, too, and a task that left but a log is there."""

from __future__ import annotations

from datetime import datetime

import pytest
from airflow_provider_flows.client import Run, Step, Task
from airflow_provider_flows.errors import NotFound, UsageError
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import LogLine, Store, open_store

from tests.client.conftest import Writer

FIT = "TrainFlow/1/fit/fit"


def test_a_stream_is_its_lines_each_with_its_end(write) -> None:
    run = write()
    run("fit")
    run.log("fit", "stdout one", "stderr oops", "stdout ", "stdout größer")
    task = Task(FIT)
    assert (task.stdout, task.stderr) == ("one\n\ngrößer\n", "oops\n")
    assert (task.stdout_size, task.stderr_size) == (len("one\n\ngrößer\n".encode()), 5)


def test_a_task_that_printed_nothing_has_empty_streams(write) -> None:
    write()("fit")
    task = Task(FIT)
    assert (task.stdout, task.stderr, task.stdout_size, list(task.loglines("stdout"))) == ("", "", 0, [])


def test_lines_come_with_their_times_in_utc_and_without_a_zone(write) -> None:
    run = write()
    run("fit")
    run.log("fit", "stdout one", "stderr oops")
    [(time, text)] = Task(FIT).loglines("stderr")
    assert text == "oops" and time == datetime.fromtimestamp(next(run.clock) - 1) and time.tzinfo is None
    assert [line for _, line in Task(FIT).loglines("stdout", as_unicode=False)] == [b"one"]


def test_there_are_two_streams(write) -> None:
    write()("fit")
    with pytest.raises(UsageError, match="takes 'stdout' or 'stderr'"):
        list(Task(FIT).loglines("both"))


def test_each_attempt_has_its_log_and_the_newest_is_shown(write) -> None:
    run = write()
    run.log("fit", "stdout killed", attempt=0)
    run.log("fit", "stdout failed", attempt=1)
    run("fit", outcome="failed", artifacts={"x": 1})
    run.log("fit", "stdout killed again", attempt=2)
    task = Task(FIT)
    assert (task.stdout, task.current_attempt) == ("killed again\n", 2)
    assert [Task(FIT, attempt=n).stdout for n in range(3)] == ["killed\n", "failed\n", "killed again\n"]
    assert task.data.x == 1, "artifacts are those of the newest attempt that left any, as in Metaflow 2.19"
    with pytest.raises(NotFound):
        Task(FIT, attempt=3)


def test_a_task_whose_attempts_were_all_killed_is_there(write) -> None:
    run = write()
    run("start", to=("fit",))
    run.log("fit", "stdout working")
    task = Task(FIT)
    assert (task.finished, task.successful, task.exception, task.finished_at) == (False, False, None, None)
    assert list(task) == [] and "x" not in task and task.data is not None and task.metadata == []
    assert list(task.parent_tasks) == list(task.child_tasks) == [] and task.origin_pathspec is None
    assert task.created_at == next(task.loglines("stdout"))[0]


def test_it_is_listed_by_its_step_and_its_step_by_the_run(write) -> None:
    run = write()
    start = run("start", to=("fit",), num_splits=3)
    for index in (0, 2):
        run("fit", f"fit-{index}", [start])
    run.log("fit", "stdout working", task="fit-1")
    step = Step("TrainFlow/1/fit")
    assert {task.id for task in step} == {"fit-0", "fit-1", "fit-2"}
    assert step.task.id == "fit-1" and step["fit-1"].index == 1 and step.finished_at is None
    run.log("join", "stdout joining")
    assert [step.id for step in Run("TrainFlow/1")] == ["join", "fit", "start"]
    assert Run("TrainFlow/1").end_task is None


def test_an_attempt_that_was_killed_in_silence_is_there(write) -> None:
    run = write()
    run.log("fit")
    assert (Task(FIT).stdout, Task(FIT).created_at, Step("TrainFlow/1/fit").created_at) == ("", None, None)
    assert [task.id for task in Run("TrainFlow/1")["fit"]] == ["fit"]


def test_a_copy_shows_what_its_original_printed(write) -> None:
    first, second, third = write("1"), write("2", origin_run_id="1"), write("3", origin_run_id="2")
    first.log("fit", "stdout killed")
    original = first("fit")
    first.log("fit", "stdout done", attempt=1)
    copy = second.take_over(original)
    third.take_over(copy)
    assert [Task(f"TrainFlow/{run}/fit/fit").stdout for run in "123"] == ["done\n"] * 3


@pytest.fixture
def signed(store: Store, monkeypatch: pytest.MonkeyPatch) -> Writer:
    """A run of a store with a key."""
    monkeypatch.setenv("FLOWS_SIGNING_KEY", "secret")
    return Writer(open_store(store.root), "1")


def forge(store: Store, attempt: int) -> None:
    """Write a log as somebody does who has no key."""
    store.write_log(TaskAddress("TrainFlow", "1", "fit", "fit"), attempt, [LogLine(1.0, "stdout", "forged")])


def test_with_a_key_a_log_that_is_not_signed_is_shown_as_such(store: Store, signed: Writer) -> None:
    forge(store, attempt=0)
    warning, text = Task(FIT).stdout.splitlines()
    assert "not signed with the key of this store" in warning and text == "forged"
    assert "not signed with the key of this store" in Task(FIT).stderr
    assert [line for _, line in Task(FIT).loglines("stdout")] == [warning, text]


def test_a_forged_log_never_hides_a_real_one(store: Store, signed: Writer) -> None:
    signed.log("fit", "stdout real", attempt=2)
    forge(store, attempt=9)
    task = Task(FIT)
    assert (task.current_attempt, task.stdout) == (2, "real\n")
