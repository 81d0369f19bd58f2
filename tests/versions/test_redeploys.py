"""Fix, redeploy, clear on a real scheduler of another Airflow than one develops with, and with other settings."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conftest import ROOT
from tests.integration import test_redeploys as checks
from tests.integration.conftest import SETTINGS
from tests.integration.deployment import FlowAirflow
from tests.integration.redeployed import FAILS, FIXED, Redeployed
from tests.services import prepared_database
from tests.versions.environment import environment
from tests.versions.fields import RELEASES, Field

pytestmark = [pytest.mark.slow, pytest.mark.services]

OLDEST = RELEASES[0]


@contextmanager
def running(folder: Path, python: str = sys.executable, **settings: str) -> Iterator[FlowAirflow]:
    """A real Airflow without any DAGs, of the version that `python` has."""
    database = prepared_database(folder / "database", python)
    env = {"PYTHONPATH": str(ROOT), "FLOWS_FSYNC": "0"}
    options = {name.replace("__", "."): value for name, value in settings.items()}
    airflow = FlowAirflow(folder / "home", python=python, database=database, settings={**SETTINGS, **options}, env=env)
    with airflow:
        yield airflow


@pytest.fixture(scope="module")
def oldest_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    field = Field(OLDEST, OLDEST.pythons[0])
    return str(environment(tmp_path_factory.mktemp("oldest") / "venv", field) / "python")


def test_all_of_it_on_the_oldest_airflow(oldest_python: str, tmp_path: Path) -> None:
    with running(tmp_path, oldest_python) as airflow, ThreadPoolExecutor(8) as pool:
        assert airflow.cli("version").strip() == OLDEST.version
        for done in [pool.submit(check, airflow) for check in all_checks()]:
            done.result()


def all_checks() -> Iterator[Callable[[FlowAirflow], None]]:
    for parsed in (False, True):
        for check in (
            checks.test_what_follows_a_cleared_task_goes_with_its_code_and_the_other_branch_does_not,
            checks.test_retries_that_were_raised,
            checks.test_retries_that_were_lowered,
            checks.test_catch_that_was_added_catches_nothing_that_did_not_run,
            checks.test_catch_that_was_added_catches_what_the_new_code_does,
        ):
            yield lambda airflow, check=check, parsed=parsed: check(airflow, parsed)
    for decorator in ("", checks.CATCH):
        check = checks.test_a_task_that_is_cleared_while_it_runs_runs_the_new_code
        yield lambda airflow, check=check, decorator=decorator: check(airflow, decorator)
    yield checks.test_retries_that_were_lowered_by_just_as_many_as_were_used
    yield checks.test_a_retry_is_no_clear_whatever_else_is_cleared_and_redeployed
    yield checks.test_code_that_does_not_fit_the_run_is_not_run


def test_pinned_runs_keep_their_code(tmp_path: Path) -> None:
    with running(tmp_path, flows__code_on_clear="pinned") as airflow:
        flow = Redeployed.new(airflow, "pinned", FAILS)
        run = flow.run()
        assert run.wait() == "failed"
        flow.clear(run, "", parsed=True)
        assert run.wait() == "failed"
        assert "[flows] code_on_clear is pinned." in run.log("left", try_number=2)
        run.clear("start")
        assert run.wait() == "failed"
        assert run.value("start", "seen") == ["old"] and checks.rounds(run) == [(0, "failed")] * 3


def test_versioned_bundles_decide_themselves(tmp_path: Path) -> None:
    """A run stays on its version, unless it is cleared to run on the latest one."""
    versions = tmp_path / "versions"
    bundle = {
        "name": "versions",
        "classpath": "tests.support.bundles.FoldersBundle",
        "kwargs": {"root": str(versions), "refresh_interval": 1},
    }
    (versions / "none").mkdir(parents=True)
    (versions / "CURRENT").write_text("none")
    with running(tmp_path, dag_processor__dag_bundle_config_list=json.dumps([bundle])) as airflow:
        flow = Redeployed(airflow, "bundled")
        publish(flow, versions, "one", "old", FAILS)
        before = airflow.wait_for_dag("bundled")["last_parsed_time"]
        run = flow.run()
        assert run.wait() == "failed"
        publish(flow, versions, "two", "new", "")
        airflow.wait_for_dag("bundled", newer_than=before)
        run.clear("left")
        assert run.wait() == "failed"
        assert checks.rounds(run) == [(0, "failed")] * 2 and "runs the code" not in run.log("left", try_number=2)
        body = {"dry_run": False, "dag_run_id": run.run_id, "task_ids": ["left"], "include_downstream": True}
        path = f"dags/{quote(run.dag_id)}/clearTaskInstances"
        airflow.request("POST", path, {**body, "only_failed": False, "run_on_latest_version": True})
        assert run.wait() == "success"
        assert run.value("join", "seen") == FIXED
        assert "that of version two of the DAG bundle. The run started with" in run.log("left", try_number=3)


def publish(flow: Redeployed, versions: Path, name: str, version: str, body: str) -> None:
    """Make a version of the bundle: Airflow looks for files in one that it has not seen, and in no other."""
    flow.airflow.dags = versions / name
    flow.airflow.dags.mkdir()
    flow.write(version, body)
    (versions / "CURRENT").write_text(name)
