"""One Airflow for this folder, whose tests all run at once: most of their time is waiting for tasks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.integration.deployment import FLOWS, KEY, FlowAirflow
from tests.integration.travelling import deploy_travelling
from tests.support.s3 import SECRET, S3Server

AT_ONCE = 10
LONGEST = 1800.0
"""Seconds after which no test is waited for any more."""
CONNECTIONS = ("environment", "database")
"""Airflow's connections, by where it finds them; each has its own identity, of the same name, at the S3 server."""
BUCKET = "flows-test"
HEARTBEAT_TIMEOUT = 15
SETTINGS = {
    "flows.signing_key_cmd": f"echo {KEY}",
    "core.max_map_length": "50",
    "core.min_serialized_dag_update_interval": "1",
    "scheduler.task_instance_heartbeat_timeout": str(HEARTBEAT_TIMEOUT),
    "scheduler.task_instance_heartbeat_timeout_detection_interval": "5",
    "scheduler.task_instance_heartbeat_sec": "3",
}
_running: dict[str, Future[Any]] = {}


@pytest.fixture(scope="session")
def airflow(migrated_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlowAirflow]:
    """A running Airflow with all flows of this folder and the demo's deployed in it, and an S3 server beside it."""
    home = tmp_path_factory.mktemp("integration")
    with S3Server(*CONNECTIONS) as s3, pytest.MonkeyPatch.context() as patch:
        s3.create_bucket(BUCKET)
        caches = {"FLOWS_ENVIRONMENT_CACHE": str(home / "environments")}
        env = {
            **caches,
            "PYTHONPATH": str(ROOT),
            "FLOWS_FSYNC": "0",
            **default_credentials(s3),
            **variables(s3, "environment"),
        }
        services = FlowAirflow(home, s3, database=migrated_database, settings=SETTINGS, env=env)
        services.dags.mkdir()
        deploy_all(services)
        with services:
            services.add_connection("database", s3.connection("database"))
            for name, value in variables(s3, *CONNECTIONS).items():  # for this process, which reads what tasks left
                patch.setenv(name, value)
            services.wait_until(lambda: _all_parsed(services), lambda: "not all DAGs are there", 60)
            yield services


def default_credentials(s3: S3Server) -> dict[str, str]:
    """Return what a process takes that has no connection: an identity that the server rejects, and remembers."""
    return {"AWS_ENDPOINT_URL": s3.url, "AWS_ACCESS_KEY_ID": "default", "AWS_SECRET_ACCESS_KEY": SECRET}


def variables(s3: S3Server, *connections: str) -> dict[str, str]:
    return {f"AIRFLOW_CONN_{name.upper()}": json.dumps(s3.connection(name)) for name in connections}


def deploy_all(airflow: FlowAirflow) -> None:
    for file in [*sorted(FLOWS.glob("*_flow.py")), ROOT / "dags" / "flows" / "catch_retry_flow.py"]:
        if file.stem != "death_flow":
            airflow.deploy(file)
    for name, decorators in DEATHS.items():
        source = (FLOWS / "death_flow.py").read_text().replace("# decorators", decorators)
        flow = airflow.home / name / "death_flow.py"
        flow.parent.mkdir()
        flow.write_text(source)
        airflow.deploy(flow, name, dag_id=name)
    for dag_id in ("wait", "wait.twice"):
        airflow.deploy("wait_flow", dag_id, dag_id=dag_id)
    for connection in (*CONNECTIONS, "nobody"):
        root = f"s3://{connection}@{BUCKET}/stores"
        airflow.deploy("printing_flow", f"printing_{connection}", dag_id=f"printing.{connection}", datastore_root=root)
    airflow.deploy("by_hand_flow", "killed_at_import", dag_id="killed_at_import")
    deploy_travelling(airflow, airflow.home / "gone")


RETRY, CATCH = "@retry(times=1, minutes_between_retries=0)", '@catch(var="problem")'
HERE = Path(__file__).parent
DEATHS = {"Uncaught": "", "Retried": RETRY, "Caught": CATCH, "RetriedAndCaught": f"{RETRY}\n    {CATCH}"}


def _all_parsed(airflow: FlowAirflow) -> bool | None:
    airflow.raise_import_errors()
    known = airflow.get("dags", limit=100)["total_entries"]
    return True if known >= len(list(airflow.dags.glob("[!.]*.py"))) else None


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Wait for the test's result; the first one starts them all."""
    if "airflow" not in pyfuncitem.funcargs:
        return None
    if not _running:
        _start_all(pyfuncitem.session, pyfuncitem.funcargs["airflow"])
    _running[pyfuncitem.nodeid].result(LONGEST)
    return True


def _start_all(session: pytest.Session, airflow: FlowAirflow) -> None:
    pool = ThreadPoolExecutor(AT_ONCE)
    for item in session.items:
        if isinstance(item, pytest.Function) and "airflow" in item.fixturenames and item.path.parent == HERE:
            parameters = item.callspec.params if hasattr(item, "callspec") else {}
            _running[item.nodeid] = pool.submit(item.function, airflow=airflow, **parameters)
    pool.shutdown(wait=False)
