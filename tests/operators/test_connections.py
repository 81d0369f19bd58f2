"""A store through an Airflow connection: found where Airflow keeps connections, or an error, in every process."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow_provider_flows.client import Run, use_store
from airflow_provider_flows.errors import StoreError
from airflow_provider_flows.store import open_store
from airflow_provider_flows.store.open import StoreAccess

from tests.conftest import ROOT
from tests.services import clean_environ
from tests.support.dags import compile_dag, run_dag
from tests.support.s3 import SECRET, S3Server

BUCKET = "flows-test"
FLOW = """
import os
from metaflow import FlowSpec, step

class BucketFlow(FlowSpec):
    @step
    def start(self):
        os.system("echo printed by start")
        self.items = list(range(200_000))
        self.next(self.end)

    @step
    def end(self):
        self.total = sum(self.items)
"""


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """A server that takes the identity of connections alone, and a process whose default credentials are others."""
    with S3Server("mine") as server:
        server.create_bucket(BUCKET)
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "default")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        yield server


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    file = tmp_path / "bucket_flow.py"
    file.write_text(FLOW)
    return file


def root(connection: str) -> str:
    return f"s3://{connection}@{BUCKET}/stores"


def in_database(name: str, s3: S3Server) -> None:
    from airflow.models import Connection
    from airflow.utils.session import create_session

    fields = s3.connection("mine")
    with create_session() as session:
        session.add(Connection(conn_id=name, **{**fields, "extra": json.dumps(fields["extra"])}))


def test_dag_test_finds_connections_in_the_database(
    airflow_home: Path, flow: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_database("kept", s3)
    ran = run_dag(airflow_home, compile_dag(airflow_home, flow, datastore_root=root("kept")))
    monkeypatch.setenv("AIRFLOW_CONN_KEPT", json.dumps(s3.connection("mine")))
    with use_store(root("kept")):
        assert ran("end", "total") == sum(range(200_000))
        assert ran.run["start"].task.stdout == "printed by start\n"
    assert s3.seen == {"mine"}


def test_local_runs_and_their_readers_find_connections_in_the_environment(flow: Path, s3: S3Server) -> None:
    env = {
        **clean_environ(),
        "FLOWS_DATASTORE_ROOT": root("local"),
        "AIRFLOW_CONN_LOCAL": json.dumps(s3.connection("mine")),
        "AIRFLOW_HOME": str(flow.parent),
        "PYTHONPATH": str(ROOT),
    }

    def flows(*words: str) -> str:
        command = [sys.executable, "-m", "airflow_provider_flows", str(flow), *words]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=True).stdout

    flows("run", "--run-id-file", str(flow.parent / "id"))
    assert "printed by start" in flows("logs", f"{(flow.parent / 'id').read_text()}/start")
    assert s3.seen == {"mine"}


@pytest.mark.parametrize("name", ["nobody", ""])
def test_a_connection_that_is_not_there_is_an_error(airflow_home: Path, s3: S3Server, name: str) -> None:
    with pytest.raises(StoreError, match=f"names the Airflow connection {name!r}, which is not usable"):
        open_store(root(name)).flows()
    assert s3.seen <= {"mine"}


def test_a_scheme_that_no_provider_opens_is_an_error(airflow_home: Path) -> None:
    with pytest.raises(StoreError, match="pip install 'apache-airflow-providers-google'"):
        open_store("gs://anybody@bucket")


def test_nothing_of_a_store_goes_into_a_pickle_but_its_address(
    airflow_home: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_MINE", json.dumps(s3.connection("mine")))
    store = open_store(root("mine"), signing_key="a key")
    store.write_run("BucketFlow", "1", {})
    with use_store(root("mine")):
        monkeypatch.setenv("FLOWS_SIGNING_KEY", "a key")
        pickled = pickle.dumps((store, Run("BucketFlow/1", _namespace_check=False)))
    assert b"a key" not in pickled and SECRET.encode() not in pickled
    again, run = pickle.loads(pickled)
    assert again.root == store.root and run.id == "1"
    assert again.read_run("BucketFlow", "1") == {}


def test_secrets_are_in_no_text_about_a_store() -> None:
    access = StoreAccess("s3://mine@bucket", b"a key", {"password": SECRET})
    assert SECRET not in repr(access) and "a key" not in repr(access)
