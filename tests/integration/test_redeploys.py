"""Fix, redeploy, clear: whatever the fix does to retries and @catch, the cleared task runs it, and what follows, too.

Each test takes a DAG of its own. `parsed` says whether Airflow has parsed the new file when the task is cleared.
"""

from __future__ import annotations

import pytest

from tests.integration.deployment import FlowAirflow, FlowRun
from tests.integration.redeployed import DIES, FAILS, FIXED, WAITS, Redeployed

pytestmark = pytest.mark.services

EITHER = pytest.mark.parametrize("parsed", [False, True], ids=["unparsed", "parsed"])
CATCH = '@catch(var="problem")'


def retry(times: int) -> str:
    return f"@retry(times={times}, minutes_between_retries=0)"


def rounds(run: FlowRun) -> list[tuple[int, str]]:
    """Return retry count and outcome of all that `left` recorded."""
    return [(record.retry_count, record.outcome) for record in run.attempts("left")]


@EITHER
def test_what_follows_a_cleared_task_goes_with_its_code_and_the_other_branch_does_not(
    airflow: FlowAirflow, parsed: bool
) -> None:
    flow = Redeployed.new(airflow, f"fix_{parsed}", FAILS)
    gate = airflow.home / f"fix-gate-{parsed}"
    run = flow.run(str(gate))
    assert run.wait_task("left") == "failed"
    flow.clear(run, "", parsed=parsed)
    assert run.wait_task("left_end", "success") == "success"
    gate.touch()
    assert run.wait() == "success"
    assert run.value("join", "seen") == FIXED
    old, new = run.attempts("start")[0].code, run.attempts("left")[-1].code
    assert old and new and old != new
    assert {step: run.attempts(step)[-1].code for step in ("left_end", "right_end", "end")} == {
        "left_end": new, "right_end": old, "end": new,
    }  # fmt: skip
    said = f"This task runs the code {new[:19]}, "
    assert f"{said}that of the DAG file now, because the task was cleared." in run.log("left", try_number=2)
    for step in ("left_end", "end"):
        assert f"{said}as the tasks before it. The run started with {old[:19]}." in run.log(step)
    assert "runs the code" not in run.log("right_end")
    assert any(text.endswith(f"The run started with {old[:19]}.") for _, text in run.printed("join"))


@EITHER
def test_retries_that_were_raised(airflow: FlowAirflow, parsed: bool) -> None:
    """A killed try leaves no record; Airflow grants the retries of the DAG that it knew when the task was cleared."""
    flow = Redeployed.new(airflow, f"raised_{parsed}", DIES)
    run = flow.run()
    assert run.wait() == "failed"
    body = "if current.retry_count == 0: raise ValueError('once more')"
    flow.clear(run, body if parsed else "", retry(2), parsed=parsed)
    assert run.wait() == "success"
    assert rounds(run) == ([(0, "failed"), (1, "ok")] if parsed else [(0, "ok")])
    assert run.value("join", "seen") == FIXED


@EITHER
def test_retries_that_were_lowered(airflow: FlowAirflow, parsed: bool) -> None:
    flow = Redeployed.new(airflow, f"lowered_{parsed}", FAILS, retry(2))
    run = flow.run()
    assert run.wait() == "failed"
    flow.clear(run, "", parsed=parsed)
    assert run.wait() == "success"
    assert rounds(run) == [(0, "failed"), (1, "failed"), (2, "failed"), (0, "ok")]
    assert run.value("join", "seen") == FIXED


def test_retries_that_were_lowered_by_just_as_many_as_were_used(airflow: FlowAirflow) -> None:
    """`max_tries` is the same before the clear and after it."""
    flow = Redeployed.new(airflow, "lowered_by_one", "", retry(2))
    run = flow.run()
    assert run.wait() == "success"
    flow.clear(run, "", retry(1), parsed=True)
    assert run.wait() == "success"
    assert [record.metadata["airflow_max_tries"] for record in run.attempts("left")] == ["2", "2"]
    assert rounds(run) == [(0, "ok"), (0, "ok")]
    assert run.value("join", "seen") == FIXED


@EITHER
def test_catch_that_was_added_catches_nothing_that_did_not_run(airflow: FlowAirflow, parsed: bool) -> None:
    flow = Redeployed.new(airflow, f"caught_{parsed}", DIES)
    run = flow.run()
    assert run.wait() == "failed"
    flow.clear(run, "", CATCH, parsed=parsed)
    assert run.wait() == "success"
    assert rounds(run) == [(0, "ok")]
    assert run.value("join", "seen") == FIXED


@EITHER
def test_catch_that_was_added_catches_what_the_new_code_does(airflow: FlowAirflow, parsed: bool) -> None:
    flow = Redeployed.new(airflow, f"caught_anew_{parsed}", FAILS)
    run = flow.run()
    assert run.wait() == "failed"
    flow.clear(run, FAILS, CATCH, parsed=parsed)
    assert run.wait() == "success"
    assert rounds(run) == [(0, "failed"), (0, "caught")]
    assert "left is here 0" in run.log("left", try_number=2)


@pytest.mark.parametrize("decorator", ["", CATCH], ids=["plain", "caught"])
def test_a_task_that_is_cleared_while_it_runs_runs_the_new_code(airflow: FlowAirflow, decorator: str) -> None:
    flow = Redeployed.new(airflow, f"running_{bool(decorator)}", WAITS, decorator)
    run = flow.run()
    run.wait_log("left", "left is here")
    flow.clear(run, "", decorator, parsed=True)
    assert run.wait() == "success"
    assert rounds(run) == [(0, "ok")]
    assert run.value("join", "seen") == FIXED


def test_a_retry_is_no_clear_whatever_else_is_cleared_and_redeployed(airflow: FlowAirflow) -> None:
    gate = airflow.home / "retried-gate"
    waits = f"while not Path({str(gate)!r}).exists(): time.sleep(0.2)"
    flow = Redeployed.new(airflow, "retried", f"if current.retry_count == 0:\n    {waits}\n    {FAILS}", retry(1))
    run = flow.run()
    assert run.wait_task("right_end", "success") == "success"
    flow.replace("", retry(1))
    run.clear("right", downstream=False)
    assert run.wait_task("right") == "success"
    gate.touch()
    assert run.wait() == "success"
    assert rounds(run) == [(0, "failed"), (1, "ok")]
    assert run.value("left", "seen") == ["old", "old"]
    assert run.value("right", "seen") == ["old", "new"]


def test_code_that_does_not_fit_the_run_is_not_run(airflow: FlowAirflow) -> None:
    flow = Redeployed.new(airflow, "unfit", "")
    run = flow.run()
    assert run.wait() == "success"
    flow.replace("")
    file = airflow.home / "unfit" / "fix_flow.py"
    text = file.read_text().replace("self.next(self.left, self.right)", "self.next(self.more, self.right)")
    before = airflow.wait_for_dag("unfit")["last_parsed_time"]
    file.write_text(f"{text}\n    @step\n    def more(self):\n        self.next(self.left)\n")
    airflow.deploy(file, "unfit", dag_id="unfit")
    airflow.wait_for_dag("unfit", newer_than=before)
    run.clear("left", downstream=False)
    run.wait_task("left", "success", "upstream_failed", "failed")
    run.clear("right", downstream=False)
    assert run.wait_task("right", "success") == "success"
    assert run.value("right", "seen") == ["old", "old"]
    assert "does not fit the run: step 'start' leads to more, right there" in run.log("right", try_number=2)
