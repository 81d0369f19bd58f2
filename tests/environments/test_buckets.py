"""Steps in environments of their own, with the datastore in a bucket: they reach it as other steps do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow_provider_flows.client import use_store

from tests.cli.laptop import Laptop
from tests.support.dags import compile_dag, run_dag
from tests.support.s3 import SECRET, S3Server

pytestmark = pytest.mark.usefixtures("package_index")
BUCKET = "flows-test"
FLOW = """
import importlib.util

from metaflow import FlowSpec, pypi, step


class F(FlowSpec):
    @step
    def start(self):
        self.items = list(range(200_000))
        self.next(self.own)

    @pypi(packages={"boto3": "1.26.0", "s3fs": "0.4.2"})
    @step
    def own(self):
        import boto3
        import s3fs

        print("boto3", boto3.__version__)
        self.versions = [boto3.__version__, s3fs.__version__, importlib.util.find_spec("airflow") is None]
        self.total = sum(self.items)
        self.next(self.end)

    @step
    def end(self):
        pass
"""
EXPECTED = ["1.26.0", "0.4.2", True]


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    with S3Server("mine") as server:
        server.create_bucket(BUCKET)
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield server


def test_a_connection_is_resolved_by_airflow_and_handed_over(
    tmp_path: Path, airflow_home: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "default")  # which the server rejects
    monkeypatch.setenv("AIRFLOW_CONN_HANDED", json.dumps(s3.connection("mine")))
    (tmp_path / "f.py").write_text(FLOW)
    root = f"s3://handed@{BUCKET}/stores"
    ran = run_dag(airflow_home, compile_dag(airflow_home, tmp_path / "f.py", datastore_root=root))
    with use_store(root):
        assert ran("own", "versions") == EXPECTED
        assert ran("own", "total") == sum(range(200_000))
        assert "boto3 1.26.0" in ran.run["own"].task.stdout
    assert s3.seen == {"mine"}


def test_a_local_run_reaches_a_bucket_as_the_machine_does(tmp_path: Path, cache: Path, s3: S3Server) -> None:
    environ = {
        "AWS_ENDPOINT_URL": s3.url,
        "AWS_ACCESS_KEY_ID": "mine",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "FLOWS_ENVIRONMENT_CACHE": str(cache),
    }
    laptop = Laptop(tmp_path).write(FLOW)
    said = laptop("run", "--datastore-root", f"s3://{BUCKET}/local", **environ)
    assert said.code == 0 and "boto3 1.26.0" in said.out, said
    assert s3.seen == {"mine"}
