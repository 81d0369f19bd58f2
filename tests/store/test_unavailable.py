"""A place that does not do what is asked has one error, whatever is behind it."""

from __future__ import annotations

import errno
import functools
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.errors import StoreUnavailable
from airflow_provider_flows.store import Store, open_store
from airflow_provider_flows.store.backend_local import LocalBackend
from fsspec.exceptions import FSTimeoutError
from fsspec.implementations.memory import MemoryFileSystem

from .conftest import ADDRESS, FLOW, attempt

WRITES = {
    "begin_run": lambda store: store.begin_run(FLOW, {}),
    "commit": lambda store: store.commit(attempt()),
    "save": lambda store: store.save(FLOW, {"large": "x" * 100_000}),
    "write_log": lambda store: store.write_log(ADDRESS, 0, []),
    "mark_succeeded": lambda store: store.mark_succeeded(FLOW, "r"),
}


@pytest.fixture(params=["folder", "obstore", "fsspec"])
def nowhere(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store whose place is a file, or a bucket of a server that is gone."""
    if request.param == "folder":
        (tmp_path / "file").touch()
        yield open_store(str(tmp_path / "file"))
        return
    s3fs = pytest.importorskip("s3fs")
    values = {"ENDPOINT_URL": "http://127.0.0.1:9", "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b", "MAX_ATTEMPTS": "1"}
    for name, value in values.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("FLOWS_BUCKET_RETRY_SECONDS", "0")
    monkeypatch.setenv("FLOWS_BUCKET_BACKEND", request.param)
    s3fs.S3FileSystem.clear_instance_cache()  # they know the server that they were made for
    yield open_store("s3://bucket/store")
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_what_cannot_be_written_says_where_and_why(nowhere: Store, write: Any) -> None:
    with pytest.raises(StoreUnavailable, match=r"could not be .*: ") as error:
        write(nowhere)
    assert nowhere.root in str(error.value)


def test_a_bucket_out_of_reach_is_not_an_empty_one(nowhere: Store) -> None:
    if "://" in nowhere.root:
        for read in (nowhere.flows, lambda: next(nowhere.runs(FLOW)), lambda: nowhere.read_run(FLOW, "r")):
            with pytest.raises(
                StoreUnavailable, match=r"could not be read: (EndpointConnectionError|connection refused)"
            ):
                read()
    else:
        assert nowhere.flows() == [], "a folder that is none has no runs"


def test_an_alarm_of_a_step_is_no_error_of_the_store(local_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def ring(*_: object) -> None:
        raise TimeoutError("too long")

    before = signal.signal(signal.SIGALRM, ring)
    try:
        monkeypatch.setattr("os.scandir", lambda *_: signal.raise_signal(signal.SIGALRM))
        with pytest.raises(TimeoutError, match="too long"):
            local_store.flows()
    finally:
        signal.signal(signal.SIGALRM, before)


class Gong:
    def ring(self, *_: object) -> None:
        raise ValueError("too long")


@pytest.mark.parametrize("handler", [Gong().ring, functools.partial(Gong.ring, Gong())], ids=["method", "partial"])
def test_whatever_an_alarm_raises_in_a_bucket_passes(handler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store("memory://alarm")
    before = signal.signal(signal.SIGALRM, handler)
    try:
        monkeypatch.setattr(MemoryFileSystem, "ls", lambda *_, **__: signal.raise_signal(signal.SIGALRM))
        with pytest.raises(ValueError, match="too long"):
            store.flows()
    finally:
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("error", [FSTimeoutError(), OSError(errno.ETIMEDOUT, "Connection timed out"), TimeoutError()])
def test_a_place_that_does_not_answer_in_time_is_out_of_reach(
    error: Exception, local_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setenv("FLOWS_BUCKET_RETRY_SECONDS", "0")
    monkeypatch.setattr("os.scandir", fail)
    monkeypatch.setattr(MemoryFileSystem, "ls", fail)
    for store in (local_store, open_store("memory://slow")):
        with pytest.raises(StoreUnavailable, match=r"could not be read: (\w*TimeoutError|Connection timed)"):
            store.flows()


def test_a_folder_that_cannot_be_read_is_not_an_empty_one(
    local_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_store.save(FLOW, {"large": "x" * 100_000})
    backend = LocalBackend(local_store.root)
    assert list(backend.walk(FLOW)) and not list(backend.walk("nowhere"))

    def reject(path: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr("os.scandir", reject)
    with pytest.raises(StoreUnavailable, match=f"{FLOW} could not be read: Permission denied"):
        list(backend.walk(FLOW))
