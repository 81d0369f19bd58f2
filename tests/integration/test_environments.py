"""Steps in environments of their own, in Airflow's workers: what they leave, and that they end with their task."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import reaper
from tests.integration.deployment import FlowAirflow

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("package_index")]


def test_a_step_runs_in_its_own_environment(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("EnvironmentFlow")
    assert run.states["end"] == "success"
    assert run.value("join", "found") == [["1.16.0", True, run.run_id]] * 2
    assert "item 1 with six 1.16.0" in run.log("work", 0)
    assert ("stdout", "item 2 with six 1.16.0") in run.printed("work", 1)
    built = [each for each in (airflow.home / "environments").iterdir() if (each / "pyvenv.cfg").exists()]
    assert len(built) == 1, "tasks that start at once share one environment"


def test_all_of_a_step_ends_when_its_task_is_marked_failed(airflow: FlowAirflow) -> None:
    folder = airflow.home / "marked"
    folder.mkdir()
    run = airflow.start_flow("EnvironmentFlow", folder=str(folder))
    run.wait_log("waiting", "waiting to be ended")
    pids = {int(pid) for pid in Path(folder, "pids").read_text().split()}
    assert pids <= running()
    run.mark("waiting", "failed")
    airflow.wait_until(lambda: True if not pids & running() else None, lambda: f"{pids & running()} still run", 60)
    assert run.wait() == "success", "a failure that is caught lets the flow go on"


def running() -> set[int]:
    return {pid for pid, _ in reaper.processes()}
