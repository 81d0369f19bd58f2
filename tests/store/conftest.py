"""A store of each kind: a folder, and a bucket of a real S3 server on loopback."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import AttemptRecord, Store, open_store, settings

from tests.support.s3 import SECRET, S3Server

FLOW = "TrainFlow"
ADDRESS = TaskAddress(FLOW, "manual__2026-01-01T00:00:00+00:00", "fit", "fit-2-0")


def attempt(number: int = 0, address: TaskAddress = ADDRESS, **fields: object) -> AttemptRecord:
    return AttemptRecord(address, number, str(fields.pop("outcome", "ok")), **fields)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    for name in ("DATASTORE_ROOT", "SIGNING_KEY"):
        monkeypatch.delenv(f"FLOWS_{name}", raising=False)
        monkeypatch.delenv(f"AIRFLOW__FLOWS__{name}", raising=False)
    monkeypatch.delenv("AIRFLOW_CONFIG", raising=False)
    monkeypatch.setattr(settings, "ask_airflow", None)  # as where no test has imported Airflow
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))


@pytest.fixture(scope="session")
def s3_bucket() -> Iterator[str]:
    with S3Server("test") as server, pytest.MonkeyPatch.context() as patch:
        server.create_bucket("flows-test")
        patch.setenv("AWS_ENDPOINT_URL", server.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield "flows-test"


@pytest.fixture
def local_store(tmp_path) -> Store:
    return open_store(str(tmp_path / "root"))


@pytest.fixture
def s3_store(s3_bucket: str) -> Store:
    return open_store(f"s3://{s3_bucket}/{uuid.uuid4().hex}")


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest) -> Store:
    return request.getfixturevalue("local_store" if request.param == "folder" else "s3_store")
