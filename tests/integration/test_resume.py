"""Runs that go on from another one, local or on Airflow: what succeeded there does not run again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from airflow_provider_flows.task.clone import is_cloned

from tests.conftest import ROOT
from tests.integration.deployment import FLOWS, FlowAirflow

pytestmark = pytest.mark.services


def test_a_dag_run_goes_on_from_a_local_run(airflow: FlowAirflow) -> None:
    mended = airflow.home / "mended-after-local"
    origin = run_locally(airflow, mended)
    mended.touch()
    run = airflow.start_flow("ResumedFlow", origin_run_id=origin)
    assert run.wait() == "success"
    assert run.value("end", "letters") == [["aa", "bb"], ["cc"]], "its parameters are those of the origin"
    assert run.value("end", "runs") == [[origin, run.name], [origin]]
    assert run.value("end", "origin") == origin
    assert all(
        is_cloned(run.attempts(*task)[0]) for task in (("start",), ("outer", 0), ("inner", 0, 0), ("inner", 1, 0))
    )
    assert not any(is_cloned(run.attempts(*task)[0]) for task in (("inner", 0, 1), ("inner_join", 0), ("outer_join",)))
    run.clear("outer")
    assert run.wait() == "success"
    assert run.value("end", "runs") == [[run.name, run.name], [run.name]], "what is cleared runs again"
    assert [is_cloned(record) for record in run.attempts("outer", 0)] == [True, False]


def test_a_dag_run_goes_on_from_one_that_failed(airflow: FlowAirflow) -> None:
    mended = airflow.home / "mended-after-airflow"
    failed = airflow.run_flow("ResumedFlow", mended=str(mended))
    assert failed.states["end"] == "upstream_failed"
    mended.touch()
    run = airflow.start_flow("ResumedFlow", origin_run_id=failed.run_id)
    assert run.wait() == "success"
    assert run.value("end", "runs") == [[failed.name, run.name], [failed.name]]
    assert run.labels("outer") == failed.labels("outer")
    again = airflow.start_flow("ResumedFlow", origin_run_id=run.run_id, resume_step="loop")
    assert again.wait() == "success"
    assert is_cloned(again.attempts("outer_join")[0])
    typo = airflow.start_flow("ResumedFlow", origin_run_id=failed.run_id, resume_step="lop")
    assert typo.wait() == "failed"
    assert "resume_step 'lop', and ResumedFlow has no such step" in typo.log("start")
    assert [again.outcomes("loop", iteration=each) for each in range(3)] == [["ok"]] * 3
    assert not any(is_cloned(again.attempts("loop", iteration=each)[0]) for each in range(3))


def test_a_run_that_should_go_on_from_nothing_says_so(airflow: FlowAirflow) -> None:
    run = airflow.start_flow("ResumedFlow", origin_run_id="of-last-year")
    assert run.wait() == "failed"
    assert "there is no such run of ResumedFlow" in run.log("start")


def run_locally(airflow: FlowAirflow, mended: Path) -> str:
    """Run the flow on this machine, where it fails, and return its run's id."""
    identifier = airflow.home / "local-run-id"
    where = ["--datastore-root", str(airflow.datastore), "--run-id-file", str(identifier)]
    options = ["--factor", "2", "--mended", str(mended)]
    flow = str(FLOWS / "resumed_flow.py")
    command = [sys.executable, "-m", "airflow_provider_flows", flow, "run", *where, *options]
    assert subprocess.run(command, cwd=ROOT, check=False, timeout=120).returncode == 1
    return identifier.read_text()
