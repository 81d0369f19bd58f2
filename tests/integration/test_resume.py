"""Runs that go on from another one, local or on Airflow: what succeeded there does not run again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.task.metadata import is_cloned

from tests.conftest import ROOT
from tests.integration.deployment import FLOWS, KEY, FlowAirflow

pytestmark = pytest.mark.services


def test_a_dag_run_goes_on_from_a_local_run(airflow: FlowAirflow) -> None:
    fixed = airflow.home / "fixed-after-local"
    origin = run_locally(airflow, fixed)
    fixed.touch()
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
    fixed = airflow.home / "fixed-after-airflow"
    failed = airflow.run_flow("ResumedFlow", fixed=str(fixed))
    assert failed.states["end"] == "upstream_failed"
    fixed.touch()
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
    assert "there is no earlier run of ResumedFlow of that id" in run.log("start")


@pytest.mark.parametrize(
    ("conf", "complaint"),
    [
        ({"origin_run_id": 5}, "origin_run_id 5. Give the id of a run, as text"),
        ({"origin_run_id": ""}, "origin_run_id ''. Give the id of a run, as text"),
        ({"origin_run_id": "r", "resume_step": ["loop"]}, "resume_step ['loop']. Give the name of a step, as text"),
        ({"resume_step": "loop"}, "resume_step 'loop' and no origin_run_id. Give both."),
    ],
)
def test_a_run_is_told_what_is_wrong_with_its_origin(airflow: FlowAirflow, conf: Any, complaint: str) -> None:
    run = airflow.run_flow("ResumedFlow", **conf)
    assert run.states["start"] == "failed"
    assert f"The run was triggered with {complaint}" in run.log("start")
    assert run.attempts("start") == [] and run.store.read_run("ResumedFlow", run.name) is None


def test_what_airflow_calls_failed_is_not_taken_over(airflow: FlowAirflow) -> None:
    fixed = airflow.home / "fixed-all-the-time"
    fixed.touch()
    origin = airflow.run_flow("ResumedFlow", fixed=str(fixed))
    origin.mark("inner", "failed", map_index=1)
    run = airflow.start_flow("ResumedFlow", origin_run_id=origin.run_id)
    assert run.wait() == "success"
    assert run.value("end", "runs") == [[origin.name, run.name], [origin.name]]
    assert is_cloned(run.attempts("inner_join", 1)[0]) and not is_cloned(run.attempts("outer_join")[0])
    origin.airflow.delete_run("ResumedFlow", origin.run_id)
    again = airflow.start_flow("ResumedFlow", origin_run_id=origin.run_id)
    assert again.wait() == "success"
    assert is_cloned(again.attempts("end")[0]), "where Airflow has forgotten the origin, its records decide"


def run_locally(airflow: FlowAirflow, fixed: Path) -> str:
    """Run the flow on this machine, where it fails, and return its run's id."""
    identifier = airflow.home / "local-run-id"
    where = ["--datastore-root", str(airflow.datastore), "--run-id-file", str(identifier)]
    options = ["--factor", "2", "--fixed", str(fixed)]
    flow = str(FLOWS / "resumed_flow.py")
    command = [sys.executable, "-m", "airflow_provider_flows", flow, "run", *where, *options]
    environ = {**os.environ, "FLOWS_SIGNING_KEY": KEY}
    assert subprocess.run(command, cwd=ROOT, env=environ, check=False, timeout=120).returncode == 1
    return identifier.read_text()
