"""Which code a task runs when the DAG file is replaced during a run, and when it is cleared afterwards."""

from __future__ import annotations

import logging

import pytest
from airflow_provider_flows.errors import CodeMismatch, FlowNotLoadable, UsageError
from airflow_provider_flows.operators.notes import read_note
from airflow_provider_flows.operators.which_code import newest_of_parents

from .counting import Counted
from .working import Work

BODY = """
def start(self):
    self.seen = ["VERSION"]
    self.next(self.left, self.right)
def left(self):
    self.seen = [*self.seen, "VERSION"]
    self.next(self.left_end)
def left_end(self):
    self.seen = [*self.seen, "VERSION"]
    self.next(self.join)
def right(self):
    self.seen = [*self.seen, "VERSION"]
    self.next(self.right_end)
def right_end(self):
    self.seen = [*self.seen, "VERSION"]
    self.next(self.join)
def join(self, inputs):
    self.seen = [[*each.seen, "VERSION"] for each in inputs]
    self.next(self.end)
def end(self):
    self.last = "VERSION"
"""
OLD, NEW, NEWER = (BODY.replace("VERSION", version) for version in ("old", "new", "newer"))
ALL = ("start", "left", "left_end", "right", "right_end", "join", "end")


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "airflow_provider_flows"]


@pytest.fixture(autouse=True)
def heard(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "airflow_provider_flows")


def test_a_run_keeps_its_code_when_the_dag_file_is_replaced(work: Work, caplog: pytest.LogCaptureFixture) -> None:
    work.deploy(OLD)
    work.run("start", "left")
    work.deploy(NEW)
    work.run("left_end", "right", "right_end", "join", "end")
    assert work.value("join", "seen") == [["old"] * 4] * 2 and work.value("end", "last") == "old"
    assert len(work.codes) == 1 and not lines(caplog)


def test_what_follows_a_cleared_task_follows_its_code_and_parallel_branches_keep_theirs(
    work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    work.deploy(OLD)
    work.run("start", "left", "right")
    work.deploy(NEW)
    work.clear("left")
    work.run("left", "left_end", "right_end", "join", "end")
    assert work.value("join", "seen") == [["old", "new", "new", "new"], ["old", "old", "old", "new"]]
    assert work.value("end", "last") == "new"
    old, new = work.codes
    assert [work.record(step).code for step in ("right_end", "left_end", "end")] == [old, new, new]
    said = [line.removeprefix(f"This task runs the code {new[:19]}, ") for line in lines(caplog)]
    assert said[0] == f"that of the DAG file now, because the task was cleared. The run started with {old[:19]}."
    assert said[1:] == [f"as the tasks before it. The run started with {old[:19]}."] * 3


def test_each_record_says_what_airflow_said_and_which_code_ran(work: Work) -> None:
    work.deploy(OLD)
    work.run("start", "left")
    work.deploy(NEW)
    work.clear("left")
    work.run("left")
    found = work.record("left").metadata
    said = {name: found[f"airflow_{name}"] for name in ("try_number", "max_tries", "clear_number", "retries")}
    assert said == {"try_number": "2", "max_tries": "1", "clear_number": "1", "retries": "0"}
    assert found["code_number"] == "1"


def test_a_clear_without_a_redeploy_changes_no_code(work: Work, caplog: pytest.LogCaptureFixture) -> None:
    work.deploy(OLD)
    work.run("start", "left")
    work.clear("left")
    work.run("left")
    assert len(work.codes) == 1 and not lines(caplog)


def test_a_retry_runs_what_the_try_before_it_ran(work: Work) -> None:
    flaky = OLD.replace("def left(self):", 'def left(self):\n    if current.retry_count == 0: raise KeyError("once")')
    work.deploy(flaky)
    work.run("start")
    for step in ("left", "right"):
        work.tasks[step, -1] = task = type(work.tasks["start", -1])(retries=1)
        assert task.is_retried
    outcome = work.attempt("left")
    assert outcome is not None and not outcome.ok
    work.begin("right")  # and it is killed
    work.deploy(NEW)
    work.run("left", "right")
    assert [work.value(step, "seen")[-1] for step in ("left", "right")] == ["old", "old"]


def test_a_retry_after_a_clear_runs_the_code_of_the_clear(work: Work) -> None:
    work.deploy(OLD)
    work.run("start", "left")
    work.deploy(NEW)
    work.tasks["left", -1].deploy(retries=1)
    work.clear("left")
    work.begin("left")  # and it is killed
    work.deploy(NEWER)
    work.run("left")
    assert work.value("left", "seen") == ["old", "new"]
    assert work.record("left").retry_count == 1


def test_code_that_cannot_be_imported_is_tried_again(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    work.deploy(OLD)
    work.run("start", "left")
    work.deploy(NEW, before="import os\nif 'BROKEN' in os.environ: raise OSError('no database')")
    work.tasks["left", -1].deploy(retries=1)
    work.clear("left")
    monkeypatch.setenv("BROKEN", "yes")
    with pytest.raises(FlowNotLoadable, match="no database"):
        work.attempt("left")
    monkeypatch.delenv("BROKEN")
    work.run("left")
    assert work.value("left", "seen") == ["old", "new"] and work.record("left").retry_count == 1


def test_a_join_runs_the_code_that_was_taken_up_last(work: Work) -> None:
    work.deploy(OLD)
    work.run(*ALL)
    work.deploy(NEW)
    work.clear("left")
    work.run("left")
    work.deploy(OLD)
    work.clear("right", "right_end", "join")
    work.run("right", "right_end", "join")
    assert work.value("join", "seen") == [["old"] * 4] * 2
    assert work.codes[0] == work.codes[2] != work.codes[1]


def test_the_first_step_starts_the_run_with_the_dag_files_code(work: Work, caplog: pytest.LogCaptureFixture) -> None:
    work.deploy(OLD)
    work.run("start", "left")
    other = "def start(self): self.next(self.end)\ndef end(self): self.last = 'other'"
    work.deploy(other)
    work.clear("start")
    work.run("start", "end")
    assert work.value("end", "last") == "other" and not lines(caplog)
    record = work.store.read_run("F", "r") or {}
    assert record["started_with"] == 1 and record["code"] == work.codes[1]


def test_a_step_that_is_new_after_the_cleared_one_runs(work: Work) -> None:
    work.deploy(OLD)
    work.run("start", "left", "left_end")
    new = NEW.replace("self.next(self.left_end)", "self.next(self.more)")
    work.deploy(new + "\ndef more(self):\n    self.seen = [*self.seen, 'more']\n    self.next(self.left_end)")
    work.clear("left", "left_end")
    work.run("left", "more", "left_end")
    assert work.value("left_end", "seen") == ["old", "new", "more", "new"]


def test_code_that_does_not_fit_is_not_run_and_the_log_says_why(work: Work, caplog: pytest.LogCaptureFixture) -> None:
    work.deploy(OLD)
    work.run("start", "left", "left_end")
    new = NEW.replace("self.next(self.left, self.right)", "self.next(self.more, self.right)")
    work.deploy(new + "\ndef more(self):\n    self.next(self.left)")
    work.clear("left")
    work.run("left")
    assert work.value("left", "seen") == ["old", "old"] and len(work.codes) == 1
    [warning] = lines(caplog)
    assert "does not fit the run: step 'more' comes before 'left' there." in warning
    assert "clear the run's first task, or trigger a new run" in warning


def test_a_step_that_the_runs_code_lacks_fails_and_says_what_to_clear(work: Work) -> None:
    work.deploy(OLD)
    work.run("start", "left")
    work.deploy(
        NEW.replace("self.next(self.left_end)", "self.next(self.more)") + "\ndef more(self): self.next(self.left_end)"
    )
    for _ in range(2):
        with pytest.raises(CodeMismatch, match=r"which has no step 'more'.*: to run it, clear a task before this one"):
            work.begin("more")
        work.clear("more")


def test_pinned_runs_keep_their_code_and_say_so(
    work: Work, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AIRFLOW__FLOWS__CODE_ON_CLEAR", "pinned")
    work.deploy(OLD)
    work.run("start", "left")
    work.deploy(NEW)
    work.clear("start", "left")
    work.run("start", "left", "left_end")
    assert work.value("left_end", "seen") == ["old"] * 3 and len(work.codes) == 1
    assert [line.rpartition(", and ")[2] for line in lines(caplog)] == ["[flows] code_on_clear is pinned."] * 2


def test_a_damaged_note_is_none_so_that_a_clear_heals_it(work: Work) -> None:
    work.deploy(OLD)
    work.run("start", "left")
    note = work.folder / "store" / "F" / "runs" / "r" / "_tries" / "left" / "task"
    note.write_bytes(note.read_bytes()[:-1])
    work.clear("left")
    work.run("left")
    assert [work.record("left").attempt, work.record("left").retry_count] == [1, 0]


def test_a_setting_that_is_neither_is_an_error(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__FLOWS__CODE_ON_CLEAR", "newest")
    work.deploy(OLD)
    work.run("start", "left")
    work.clear("left")
    with pytest.raises(UsageError, match=r"'newest'\. Set it to latest or pinned"):
        work.begin("left")


def test_with_versioned_bundles_airflow_decides(work: Work, caplog: pytest.LogCaptureFixture) -> None:
    work.bundle_version = "one"
    work.deploy(OLD)
    work.run("start", "left")
    work.clear("left")
    work.run("left")
    assert work.value("left", "seen") == ["old", "old"]
    work.bundle_version = "two"  # the run was cleared with the latest version
    work.deploy(NEW)
    work.run("right")
    assert work.value("right", "seen") == ["old", "new"]
    assert "that of version two of the DAG bundle" in lines(caplog)[-1]


def test_a_code_is_all_that_was_deployed(work: Work, caplog: pytest.LogCaptureFixture) -> None:
    body = 'config = Config("config", default_value={"v": 1})\n' + OLD.replace('"old"', "self.config.v")
    work.deploy(body)
    work.run("start", "left")
    work.deploy(body, config_values={"config": '{"v": 2}'})
    work.clear("left")
    work.run("left", "left_end")
    assert work.value("left_end", "seen") == [1, 2, 2]
    assert work.codes[0] == work.codes[1]
    assert lines(caplog)[0].startswith("This task runs the same sources with other settings, ")


def test_a_cleared_task_has_the_class_constants_of_its_code(work: Work) -> None:
    work.deploy("LIMIT = 1\n" + OLD.replace('"old"', "self.LIMIT"))
    work.run("start", "left", "right")
    work.deploy("LIMIT = 2\n" + OLD.replace('"old"', "self.LIMIT"))
    work.clear("right")
    work.run("right", "left_end", "right_end", "join")
    assert work.value("join", "seen") == [[1, 1, 1, 2], [1, 2, 2, 2]]
    assert work.value("join", "LIMIT") == 2


def test_what_follows_a_caught_step_that_only_died_on_new_code_runs_that_code(work: Work) -> None:
    work.deploy(OLD)
    work.run("start")
    work.begin("left")
    work.deploy(NEW)
    work.clear("left")
    work.begin("left")
    runtime, _ = work.begin("left_end")
    assert runtime.setup.code == work.codes[1]


FOREACH = """
def start(self):
    self.items = [0, 1]
    self.next(self.body, foreach="items")
def body(self):
    self.parts = ["VERSION"] * (self.input + 1)
    self.next(self.inner, foreach="parts")
def inner(self):
    self.seen = ["VERSION", self.input]
    self.next(self.inner_join)
def inner_join(self, inputs):
    self.seen = [each.seen for each in inputs]
    self.next(self.join)
def join(self, inputs):
    self.seen = [each.seen for each in inputs]
    self.next(self.end)
def end(self): pass
"""


def test_one_cleared_item_runs_new_code_and_its_neighbours_keep_theirs(work: Work) -> None:
    work.deploy(FOREACH.replace("VERSION", "old"))
    work.run("start")
    work.run("body", index=0)
    work.run("body", index=1)
    work.deploy(FOREACH.replace("VERSION", "new"))
    work.tasks["body", 1].clear()
    work.run("body", index=1)
    assert work.fan_out("body") == work.codes[1]
    for index in range(3):
        work.run("inner", index=index)
    seen = [work.value("inner", "seen", *path) for path in ((0, 0), (1, 0), (1, 1))]
    assert seen == [["old"] * 2, ["new"] * 2, ["new"] * 2]


def test_a_damaged_or_later_note_of_a_parent_is_no_error(work: Work) -> None:
    work.deploy(OLD)
    work.run("start", "left")
    work.deploy(NEW)
    work.clear("left")
    work.run("left")
    assert len(work.codes) == 2
    work.begin("left_end")  # and dies
    (note,) = (work.folder / "store/F/runs/r/_tries/left_end").iterdir()
    work.store.write_try("F", "r", "left_end", -1, {**work.store.read_try("F", "r", "left_end", -1), "later": 1})
    assert read_note(work.at("left_end"), "left_end", -1) is not None
    assert newest_of_parents(work.at("join"), "join") == 1
    note.write_bytes(b"damaged")
    assert read_note(work.at("left_end"), "left_end", -1) is None
    assert newest_of_parents(work.at("join"), "join") == 0


def test_a_try_that_cannot_load_the_flow_is_no_clear_s(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    work.deploy(OLD)
    work.run("start")
    work.tasks["left", -1] = Counted(retries=1)

    def fail(*_: object) -> None:
        raise FlowNotLoadable("for now")

    with monkeypatch.context() as patch:
        patch.setattr("airflow_provider_flows.operators.prepare.load_what_fits", fail)
        with pytest.raises(FlowNotLoadable):
            work.begin("left")
    work.tasks["left", -1].clear_another()
    _, tried = work.begin("left")
    assert (tried.cleared, tried.retry_count) == (False, 1)
