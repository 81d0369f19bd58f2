"""Every graph shape, compiled and executed by Airflow itself with `dag.test()`: tasks leave what the core's leave."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.store import open_store

from tests.conformance.corpus import CASES, Case, Result, comparable
from tests.conformance.records import left_by
from tests.conformance.running import compiled

ROOT = Path(__file__).parents[2]
FEW = (
    "single_step",
    "parallel_nested",
    "split_in_foreach",
    "nested_switch_in_foreach",
    "switch_in_split_in_foreach",
    "nested_in_switch(arm=one)",
    "foreach_in_switch_in_foreach(xs=[2, 0, 3])",
    "uneven_split_in_switch_in_foreach(xs=[1, 0, 2])",
    "recursion_first_in_foreach",
    "catch_then_merge",
    "catch_in_arms(arm=no case)",
    "catch_before_join",
    "retry",
    "words",
    "inputs_of_files",
    "fails_in_arm",
)
QUICK = [case for case in CASES if case.name in FEW]
REST = [case for case in CASES if case.name not in FEW]


class Finished:
    """What one process of `airflow_runs` found, and the store that its runs left."""

    def __init__(self, found: dict[str, Any], store: Path) -> None:
        self.found, self.store = found, open_store(str(store))

    def result(self, case: Case) -> Result:
        assert case.name in self.found["runs"], self.found["files"][case.flow]
        run = self.found["runs"][case.name]
        return Result(run["state"] == "success", left_by(self.store, case.class_name, run["run_id"]))

    def states(self, case: Case) -> set[str]:
        return set(self.found["runs"][case.name]["instances"].values())


def run_all(cases: list[Case], home: Path, folder: Path) -> Finished:
    """Compile the cases' flows, and run all of them in one process: the first task of a process takes 5 s."""
    jobs: dict[str, dict[str, Any]] = {}
    (folder / "dags").mkdir()
    for case in cases:
        file = folder / "dags" / f"{case.flow}.py"
        if case.flow not in jobs:
            file.write_text(compiled(case, folder / case.flow).text)
            jobs[case.flow] = {"file": str(file), "runs": []}
        jobs[case.flow]["runs"].append({"name": case.name, "conf": dict(case.parameters)})
    (folder / "jobs.json").write_text(json.dumps(list(jobs.values())))
    environ = {
        **os.environ,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__FLOWS__DATASTORE_ROOT": str(folder / "store"),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.conformance.airflow_runs", str(folder / "jobs.json"), str(folder / "found")]
    with (folder / "log").open("w") as log:
        subprocess.run(command, cwd=ROOT, env=environ, stdout=log, stderr=log, check=True, timeout=1800)
    return Finished(json.loads((folder / "found").read_text()), folder / "store")


@pytest.fixture(scope="module")
def quick_runs(airflow_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return run_all(QUICK, airflow_home, tmp_path_factory.mktemp("airflow"))


@pytest.fixture(scope="module")
def all_other_runs(airflow_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return run_all(REST, airflow_home, tmp_path_factory.mktemp("airflow"))


def assert_like_the_core(case: Case, finished: Finished, core: Callable[[Case], Result]) -> None:
    ours, airflows = core(case), finished.result(case)
    assert airflows.succeeded is ours.succeeded
    if case.fails:
        assert airflows.failed == ours.failed
    else:
        assert comparable(airflows.tasks) == comparable(ours.tasks)
        assert finished.states(case) <= {"success", "skipped"}


@pytest.mark.parametrize("case", QUICK, ids=lambda case: case.name)
def test_airflow_runs_a_flow_as_the_core_does(case: Case, quick_runs: Finished, core: Callable[[Case], Result]) -> None:
    assert_like_the_core(case, quick_runs, core)


@pytest.mark.slow
@pytest.mark.parametrize("case", REST, ids=lambda case: case.name)
def test_airflow_runs_every_flow_as_the_core_does(
    case: Case, all_other_runs: Finished, core: Callable[[Case], Result]
) -> None:
    assert_like_the_core(case, all_other_runs, core)


def test_the_environment_of_one_step_does_not_reach_the_next(quick_runs: Finished) -> None:
    run = quick_runs.result(Case("inputs_of_files"))
    assert (run("a", "greeting"), run("end", "after")) == ("'hello'", "None")


@pytest.mark.parametrize("flow", dict.fromkeys(case.flow for case in QUICK))
def test_parsing_a_dag_twice_makes_no_new_version(flow: str, quick_runs: Finished) -> None:
    checked = quick_runs.found["files"][flow]
    assert len(set(checked["hashes"])) == 1
    assert checked["warnings"] is None


def test_every_compiled_dag_is_clean_code(tmp_path: Path) -> None:
    for flow in dict.fromkeys(case.flow for case in CASES):
        text = compiled(Case(flow), tmp_path / "src" / flow).text
        ast.parse(text)
        (tmp_path / f"{flow}.py").write_text(text)
    files = [str(file) for file in tmp_path.glob("*.py")]
    ruff = [sys.executable, "-m", "ruff"]
    for command in (
        ["check", "--isolated", "--preview", "--select", "AIR,F,E,I,UP,B", "--line-length", "120"],
        ["format", "--isolated", "--check", "--line-length", "120"],
    ):
        ended = subprocess.run([*ruff, *command, *files], cwd=tmp_path, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stdout
