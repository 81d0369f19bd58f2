"""Clearing tasks, and all that a person may do to a run: the result is that of a fresh run."""

from __future__ import annotations

import pytest

from tests.integration.deployment import FLOWS, FlowAirflow, FlowRun
from tests.rest import RestError

pytestmark = pytest.mark.services


def test_a_cleared_run_finds_the_world_as_it_is_now(airflow: FlowAirflow) -> None:
    world = airflow.home / "world.txt"
    world.write_text("1 2 3")
    run = airflow.run_flow("ClearFlow", world=str(world))
    assert run.value("end", "results") == [(2, 1, 0), (4, 4, 0), (6, 9, 1)]
    world.write_text("3 1")
    run.clear()
    assert run.wait() == "success"
    assert run.value("end", "results") == [(6, 9, 1), (2, 1, 0)]
    assert [record.retry_count for record in run.attempts("double", 2)] == [0, 1]
    world.write_text("1 1 2 2")
    run.clear()
    assert run.wait() == "success"
    assert run.value("end", "results") == [(2, 1, 0), (2, 1, 0), (4, 4, 0), (4, 4, 0)]
    assert [record.attempt for record in run.attempts("double", 0)] == [0, 1, 2, 3]


def test_one_cleared_item_starts_its_retries_anew(airflow: FlowAirflow) -> None:
    world = airflow.home / "one-item.txt"
    world.write_text("1 3")
    run = airflow.run_flow("ClearFlow", world=str(world))
    assert run.clear(("double", 1))[:2] == ["double[1]", "end"]
    assert run.wait() == "success"
    assert [(each.retry_count, each.outcome) for each in run.attempts("double", 1)] == [(0, "failed"), (1, "ok")] * 2
    assert len({each.epoch for each in run.attempts("double", 1)}) == 2
    assert run.outcomes("double", 0) == ["ok"]
    assert run.outcomes("join") == ["ok", "ok"]
    assert run.value("end", "results") == [(2, 1, 0), (6, 9, 1)]
    run.clear("join", downstream=False)
    assert run.wait() == "success"
    assert (run.outcomes("join"), run.outcomes("end")) == (["ok"] * 3, ["ok"] * 2)


def test_a_switch_that_changes_its_mind_leaves_nothing_of_the_other_branch(airflow: FlowAirflow) -> None:
    plan = airflow.home / "plan.txt"
    plan.write_text("short long")
    run = airflow.run_flow("SwitchFlow", plan=str(plan))
    plan.write_text("long short")
    run.clear()
    assert run.wait() == "success"
    assert run.value("end", "traces") == [["long", "longer", "merge"], ["short", "merge"]]
    assert [run.states[f"short[{index}]"] for index in range(2)] == ["skipped", "success"]


def test_a_cleared_recursion_starts_over(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("LoopFlow")
    run.clear("loop")
    assert run.wait() == "success"
    assert run.value("end", "rounds") == [0, 0, 1, 0]
    assert [run.outcomes("loop", iteration=each) for each in (0, 2)] == [["ok"] * 2, ["failed", "ok"] * 2]


def test_a_caught_step_that_is_cleared_while_it_runs_runs_again(airflow: FlowAirflow) -> None:
    run = airflow.start_flow("ByHandFlow", wait="caught")
    run.wait_log("caught", "caught is here")
    run.clear("caught")
    run.wait_log("caught", "caught is here", try_number=2)
    run.mark("caught", "failed")
    assert run.wait() == "success"
    assert run.outcomes("caught") == ["caught"]


def test_a_paused_dag_finishes_its_run_when_it_goes_on(airflow: FlowAirflow) -> None:
    airflow.deploy("wait_flow", "wait_paused", dag_id="wait_paused")
    airflow.wait_for_dag("wait_paused")
    gate = airflow.home / "pause-gate"
    run = airflow.start_flow("wait_paused", "WaitFlow", gate=str(gate))
    run.wait_task("wait", "running")
    airflow.unpause("wait_paused", paused=True)
    gate.touch()
    run.wait_task("wait", "success")
    airflow.unpause("wait_paused")
    assert run.wait() == "success"


def test_a_deleted_run_leaves_nothing_to_one_of_the_same_id(airflow: FlowAirflow) -> None:
    first = airflow.start_flow("WaitFlow", run_id="twice", value=1)
    assert first.wait() == "success"
    airflow.delete_run("WaitFlow", "twice")
    second = airflow.start_flow("WaitFlow", run_id="twice", value=2)
    assert second.wait() == "success"
    assert second.value("end", "seen")[0] == 2
    assert [record.attempt for record in second.attempts("end")] == [0, 1]


@pytest.mark.slow  # for a while after a parse, Airflow may make runs of the DAG as it was: needs more patience
def test_a_run_keeps_the_code_it_started_with(airflow: FlowAirflow) -> None:
    flow = airflow.home / "changing" / "wait_flow.py"
    flow.parent.mkdir()
    source = (FLOWS / "wait_flow.py").read_text()
    flow.write_text(source)
    airflow.deploy(flow, "changing", dag_id="changing")
    airflow.wait_for_dag("changing")
    gate = airflow.home / "changing-gate"
    old = airflow.start_flow("changing", "WaitFlow", gate=str(gate))
    old.wait_task("wait", "running")
    more = source.replace('"old"', '"new"').replace("self.next(self.end)", "self.next(self.more)") + MORE
    flow.write_text(more.replace('if __name__ == "__main__":\n    WaitFlow()\n', ""))
    before = airflow.wait_for_dag("changing")["last_parsed_time"]  # now: a parse of the old file may have come since
    airflow.deploy(flow, "changing", dag_id="changing")
    airflow.wait_for_dag("changing", newer_than=before)
    gate.touch()
    new = airflow.start_flow("changing", "WaitFlow", gate=str(gate))
    assert new.wait() == "success"
    assert (new.value("end", "ended"), new.value("end", "seen")[1]) == ("new", "new")
    assert old.wait() == "failed"
    assert old.value("wait", "seen")[1] == "old"
    assert "no step 'more'" in old.log("more")
    old.clear()
    assert old.wait() == "success"
    assert old.value("end", "ended") == "new"


MORE = """
    @step
    def more(self):
        self.next(self.end)
"""


def test_backfills_and_catchup_run_each_date_on_its_own(airflow: FlowAirflow) -> None:
    airflow.deploy(
        "daily_flow", "caught_up", dag_id="caught_up", start_date="2026-01-01", catchup=True, schedule="@yearly"
    )
    airflow.wait_for_dag("DailyFlow")
    dates = {"from_date": "2025-03-01T00:00:00Z", "to_date": "2025-03-02T00:00:00Z"}
    airflow.wait_until(lambda: _backfill(airflow, dates), lambda: "the database stays locked", 60)
    for dag_id, wanted in (("DailyFlow", "backfill"), ("caught_up", "scheduled")):
        for run in _wait_runs(airflow, dag_id, wanted):
            assert run.wait() == "success"
            assert run.value("end", "run_id") == run.name


def _backfill(airflow: FlowAirflow, dates: dict[str, str]) -> bool | None:
    try:
        airflow.request("POST", "backfills", {"dag_id": "DailyFlow", **dates, "max_active_runs": 2})
    except RestError as error:
        if error.status == 503:  # Airflow gives up when SQLite is busy
            return None
        raise
    return True


def _wait_runs(airflow: FlowAirflow, dag_id: str, kind: str) -> list[FlowRun]:
    def runs() -> list[FlowRun] | None:
        found = [run for run in airflow.pages(f"dags/{dag_id}/dagRuns", "dag_runs") if run["run_type"] == kind]
        return [FlowRun(airflow, dag_id, "DailyFlow", run["dag_run_id"]) for run in found] or None

    return airflow.wait_until(runs, lambda: f"{dag_id} has no {kind} run", 60)
