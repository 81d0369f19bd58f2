"""A cluster with its bucket, ready for flows: what `make cluster` and the tests start."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cluster import programs
from tests.cluster.deployment import WORKERS, Cluster
from tests.conftest import ROOT
from tests.integration.deployment import KEY, FlowRun
from tests.support.s3 import S3Server

BUCKET, CONNECTION = "flows", "store"
_VARIABLE = f"AIRFLOW_CONN_{CONNECTION.upper()}"
_SETTINGS = {
    "flows.signing_key_cmd": f"echo {KEY}",
    "scheduler.task_instance_heartbeat_timeout": "15",
    "scheduler.task_instance_heartbeat_timeout_detection_interval": "5",
    "scheduler.task_instance_heartbeat_sec": "3",
}


@contextmanager
def cluster(home: Path, flows: list[Path]) -> Iterator[Cluster]:
    """Run a cluster in an empty folder, with flows deployed; their store is a bucket behind an Airflow connection.

    This process reads that store as well: the connection is in its environment while the block runs. Raises
    `programs.Missing` where the machine lacks one of the servers.
    """
    programs.check()
    with S3Server("worker") as s3, _connection(json.dumps(s3.connection("worker"))) as env:
        s3.create_bucket(BUCKET)
        root = f"s3://{CONNECTION}@{BUCKET}/stores"
        found = Cluster(home, s3, root=root, settings=_SETTINGS, env={"PYTHONPATH": str(ROOT), **env})
        found.dags.mkdir(parents=True)
        for flow in flows:
            found.deploy(flow)
        with found:
            found.wait_until(lambda: _all_parsed(found, len(flows)), lambda: "not all DAGs are there", 60)
            yield found


def begin_wide(cluster: Cluster, width: int, seconds: float) -> FlowRun:
    """Start WideFlow and return when its items are worked on by both workers."""
    run = cluster.start_flow("WideFlow", width=width, seconds=seconds)

    def by_both() -> bool | None:
        items = [one for one in cluster.task_instances("WideFlow", run.run_id) if one["task_id"] == "work"]
        hosts = {one["hostname"] for one in items if one["state"] == "running"}
        return True if hosts >= set(WORKERS.values()) else None

    cluster.wait_until(by_both, lambda: f"not both workers have work: {run.states}", 60)
    return run


def _all_parsed(cluster: Cluster, count: int) -> bool | None:
    cluster.raise_import_errors()
    return True if cluster.get("dags", limit=100)["total_entries"] >= count else None


@contextmanager
def _connection(value: str) -> Iterator[dict[str, str]]:
    before = os.environ.get(_VARIABLE)
    os.environ[_VARIABLE] = value
    try:
        yield {_VARIABLE: value}
    finally:
        os.environ.pop(_VARIABLE)
        if before is not None:
            os.environ[_VARIABLE] = before
