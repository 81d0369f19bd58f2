"""One rule says where the store is, for the launcher, the client and Airflow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from airflow_provider_flows.errors import StoreError, UsageError
from airflow_provider_flows.store import open_bucket, open_store, resolve_root


def config(text: str) -> None:
    home = Path(os.environ["AIRFLOW_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    (home / "airflow.cfg").write_text(text)


def test_the_default_is_a_folder_in_airflows_home() -> None:
    assert resolve_root() == f"{os.environ['AIRFLOW_HOME']}/flows"


def test_without_a_home_it_is_airflows_default_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_HOME")
    assert resolve_root() == os.path.expanduser("~/airflow/flows")


def test_each_place_wins_over_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    config("[core]\nx = %(y)s\n[flows]\ndatastore_root = {AIRFLOW_HOME}/data\n")
    assert resolve_root() == f"{os.environ['AIRFLOW_HOME']}/data"
    monkeypatch.setenv("AIRFLOW__FLOWS__DATASTORE_ROOT", "s3://bucket/airflow/")
    assert resolve_root() == "s3://bucket/airflow"
    monkeypatch.setenv("FLOWS_DATASTORE_ROOT", "/tmp/ours")
    assert resolve_root() == "/tmp/ours"
    assert resolve_root("/tmp/argument") == "/tmp/argument"


def test_airflow_config_may_name_another_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "other.cfg").write_text("[flows]\ndatastore_root = /tmp/other\nsigning_key = k\n")
    monkeypatch.setenv("AIRFLOW_CONFIG", str(tmp_path / "other.cfg"))
    assert resolve_root() == "/tmp/other"
    assert open_store()._key == b"k"


@pytest.mark.parametrize("root", ["$NO_SUCH/flows", "s3://${NO_SUCH}/flows"])
def test_a_variable_that_is_not_set_names_no_store(root: str) -> None:
    config(f"[flows]\ndatastore_root = {root}\n")
    with pytest.raises(UsageError, match=r"the environment variable .*NO_SUCH.* is not set"):
        resolve_root()


@pytest.mark.parametrize(
    ("given", "found"),
    [("file:///tmp/x", "/tmp/x"), ("~/x", os.path.expanduser("~/x")), ("x", os.path.abspath("x")), ("/a/../b", "/b")],
)
def test_local_roots_become_absolute_paths(given: str, found: str) -> None:
    assert resolve_root(given) == found


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("s3://", "it names no bucket. Write s3://bucket/folder."),
        ("s3:///folder", "it names no bucket"),
        ("s3://conn@", "it names no bucket"),
        ("memory:///", "it names no bucket"),
        ("://x", "it names no bucket"),
        ("S3://bucket", "it names no bucket"),
        ("s3://[::1", "Invalid IPv6 URL"),
        ("s3:bucket", "write a folder's path, or a URL such as s3://bucket/folder"),
        ("~nobody-of-this-name/x", "write a folder's path"),
    ],
)
def test_what_is_no_place_is_rejected(given: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError) as error:
        resolve_root(given)
    assert f"The datastore cannot be {given!r}" in str(error.value) and why in str(error.value)
    monkeypatch.setenv("FLOWS_DATASTORE_ROOT", given)
    with pytest.raises(UsageError):
        open_store()


def test_the_signing_key_comes_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_store("/tmp/x")._key is None
    monkeypatch.setenv("FLOWS_SIGNING_KEY", "secret")
    assert open_store("/tmp/x")._key == b"secret"
    assert open_store("/tmp/x", signing_key="mine")._key == b"mine"


def test_a_connection_without_airflow_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_bucket, "_CONNECTIONS", "no_such_module")
    with pytest.raises(StoreError, match="names an Airflow connection, and Airflow cannot be imported here"):
        open_store("s3://my_conn@bucket/prefix")


def test_an_unknown_scheme_is_a_clear_error() -> None:
    with pytest.raises(StoreError, match="nowhere://bucket cannot be opened"):
        open_store("nowhere://bucket")
