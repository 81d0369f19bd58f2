"""Metaflow's words for which store is read: metadata providers, and settings of `metaflow_config`."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from airflow_provider_flows.client import Flow, Metaflow, Run, use_store
from airflow_provider_flows.client.provider import default_metadata, get_metadata, metadata
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.metaflow_compat import metaflow_names
from airflow_provider_flows.metaflow_compat.names import MODULES
from airflow_provider_flows.store import open_store

from tests.client.conftest import Writer


def test_another_store_is_read_from_then_on(write, tmp_path: Path) -> None:
    write("1").succeed()
    Writer(open_store(str(tmp_path / "other")), "2").succeed()
    here = get_metadata()
    with use_store(None):
        assert metadata(f"local@{tmp_path}/other") == f"local@{tmp_path}/other" == Metaflow().metadata
        assert Flow("TrainFlow").latest_run.id == "2"
        assert metadata(here) == here and Flow("TrainFlow").latest_run.id == "1"
        assert default_metadata() == get_metadata()


@pytest.mark.parametrize("provider", ["service@https://md", "https://md", "spin@/tmp"])
def test_a_metadata_service_is_rejected_with_what_to_write(provider: str) -> None:
    with pytest.raises(UsageError, match="Give its root: metadata"):
        metadata(provider)


def test_a_flow_was_created_when_its_first_run_started(write) -> None:
    for run in "12":
        write(run, started_at=float(run)).succeed()
    assert Flow("TrainFlow").created_at == Run("TrainFlow/1").created_at


@pytest.mark.parametrize(
    ("root", "kind", "name"),
    [
        ("s3://bucket/flows", "s3", "DATASTORE_SYSROOT_S3"),
        ("gs://bucket/flows", "gs", "DATASTORE_SYSROOT_GS"),
        ("abfs://bucket/flows", "azure", "DATASTORE_SYSROOT_AZURE"),
        ("/srv/flows", "local", "DATASTORE_SYSROOT_LOCAL"),
    ],
)
def test_settings_say_where_the_store_is(monkeypatch: pytest.MonkeyPatch, root: str, kind: str, name: str) -> None:
    monkeypatch.setenv("FLOWS_DATASTORE_ROOT", root)
    with use_store(None), metaflow_names():
        config = importlib.import_module("metaflow.metaflow_config")
        assert getattr(config, name) == root and kind == config.DEFAULT_DATASTORE
        others = [other for other in MODULES["metaflow.metaflow_config"] if "SYSROOT" in other and other != name]
        assert [getattr(config, other) for other in others] == [None, None, None]


def test_each_setting_that_is_listed_has_an_answer() -> None:
    with metaflow_names():
        config = importlib.import_module("metaflow.metaflow_config")
        for name in MODULES["metaflow.metaflow_config"]:
            getattr(config, name)
