"""Steps run in environments of their own, on a laptop and on Airflow alike: what they leave, and how they end."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from airflow_provider_flows.client import Run, Task
from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.environments import EnvironmentSpec
from airflow_provider_flows.environments.resolve import this_machine
from airflow_provider_flows.store import open_store

from tests import reaper
from tests.conftest import ROOT
from tests.services import clean_environ
from tests.support.options import compile_options

pytestmark = pytest.mark.usefixtures("package_index")

FLOWS = Path(__file__).parent / "flows"

Runner = Callable[[str], Run]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the flows and what lies beside them."""
    folder = tmp_path_factory.mktemp("runs")
    shutil.copytree(FLOWS, folder / "flows", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def locally(folder: Path, cache: Path, flow: str) -> tuple[str, str]:
    """Run a flow on this machine; return its store and its run's id."""
    root, file = folder / "local", folder / "flows" / f"{flow}_flow.py"
    command = [sys.executable, "-m", "airflow_provider_flows", str(file), "--datastore-root", str(root), "run"]
    environ = {**clean_environ(), "FLOWS_ENVIRONMENT_CACHE": str(cache), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "--run-id-file", str(folder / flow)], cwd=folder, env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return str(root), (folder / flow).read_text()


def on_airflow(folder: Path, cache: Path, home: Path, flow: str) -> tuple[str, str]:
    """Run a flow's DAG with `dag.test()`; return its store and its run's id."""
    root = folder / "airflow"
    dag = folder / f"{flow}.py"
    dag.write_text(compile_flow(compile_options(folder / "flows" / f"{flow}_flow.py")).text)
    jobs, results = folder / f"{flow}.jobs", folder / f"{flow}.results"
    jobs.write_text(json.dumps([{"file": str(dag), "runs": [{"name": flow, "conf": {}}]}]))
    environ = {
        **clean_environ(),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__FLOWS__DATASTORE_ROOT": str(root),
        "AIRFLOW__FLOWS__ENVIRONMENT_CACHE": str(cache),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.conformance.airflow_runs", str(jobs), str(results)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    run = json.loads(results.read_text())["runs"][flow]
    assert run["state"] == "success", done.stdout[-6000:]
    return str(root), run["run_id"]


@pytest.fixture(scope="module", params=["locally", "on Airflow"])
def runner(request: pytest.FixtureRequest, folder: Path, shared_cache: Path, airflow_home: Path) -> Runner:
    """Return what runs a flow of these tests once, and gives its run."""
    known: dict[str, Run] = {}

    def run(flow: str) -> Run:
        if flow not in known:
            if request.param == "locally":
                root, run_id = locally(folder, shared_cache, flow)
            else:
                root, run_id = on_airflow(folder, shared_cache, airflow_home, flow)
            known[flow] = Run(f"{flow.capitalize()}Flow/{run_id}", root=root, _namespace_check=False)
        return known[flow]

    return run


def first_attempt(task: Task) -> Task:
    return Task(task.pathspec, attempt=0, root=task._scope.store.root, _namespace_check=False)


def test_each_step_finds_its_own_packages_and_what_lies_beside_the_flow(runner: Runner) -> None:
    found = runner("mixed")["end"].task["found"].data
    item = [["1.16.0", "0.4.1", "7.1.2"], False, "some words 1000000", "def said(text, size):"]
    assert found == [item, item]


def test_an_artifact_is_carried_by_steps_that_cannot_load_it(runner: Runner) -> None:
    run = runner("carried")
    said = run["middle"].task["said"].data
    assert said.startswith("No module named 'toolz', and an artifact of type toolz.functoolz.curry needs it")
    assert run["again"].task["greatest"].data == 7
    assert "function" in run["middle"].task and run["end"].task["function"].data is None


def test_a_run_on_airflow_keeps_what_its_packages_were_resolved_to(
    folder: Path, shared_cache: Path, airflow_home: Path
) -> None:
    root, run_id = on_airflow(folder, shared_cache, airflow_home, "locked")
    run = Run(f"LockedFlow/{run_id}", root=root, _namespace_check=False)
    store, spec = open_store(root), EnvironmentSpec.of({"six": ">=1.15,<1.17"})
    assert run["start"].task["version"].data == "1.16.0"
    assert store.read_packages("LockedFlow", run_id, spec.digest) == ("six==1.16.0",)
    assert store.keep_packages("LockedFlow", run_id, spec.digest, ("six==1.15.0",)) == ("six==1.16.0",)


def test_what_a_dag_locks_is_installed(folder: Path, shared_cache: Path, airflow_home: Path) -> None:
    options = compile_options(folder / "flows" / "locked_flow.py", lock_for=this_machine())
    text = compile_flow(options).text
    assert "six==1.16.0 --hash=sha256:" in " ".join(text.replace("\\\n", "").split())


def test_tries_are_counted_as_elsewhere(runner: Runner) -> None:
    assert sorted(task.current_attempt for task in runner("mixed")["work"]) == [0, 1]


def test_what_is_printed_is_kept(runner: Runner) -> None:
    assert "found [[" in runner("mixed")["end"].task.stdout
    retried = next(task for task in runner("mixed")["work"] if task.current_attempt)
    assert "ValueError: the first try" in first_attempt(retried).stderr


@pytest.mark.parametrize(
    ("step", "failed_of"),
    [
        ("killed", "its process died, was killed, or lost contact"),
        ("slow", "Step 'slow' timed out after 2 seconds"),
        ("raises", "oops"),
        ("exits", None),
    ],
)
def test_failures_mean_what_they_mean_elsewhere(runner: Runner, step: str, failed_of: str | None) -> None:
    errors = runner("hard")["join"].task["errors"].data
    assert failed_of in errors[step] if failed_of else errors[step] is None


def test_what_was_printed_before_a_kill_is_kept(runner: Runner) -> None:
    first = first_attempt(runner("hard")["killed"].task)
    assert "before the kill" in first.stdout and "was killed by SIGKILL" in first.stderr


def test_nothing_that_a_step_started_is_left(runner: Runner) -> None:
    left_behind = runner("hard")["slow"].task["left_behind"].data
    assert left_behind not in [process for process, _ in reaper.processes()]
