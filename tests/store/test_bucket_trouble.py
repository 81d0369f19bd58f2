"""A bucket that is away for a while is waited for, by whatever opens it; one that says no is believed at once."""

from __future__ import annotations

import itertools
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.errors import StoreUnavailable, UsageError
from airflow_provider_flows.store import open_store
from airflow_provider_flows.store.backend import Backend

from tests.support.places import BUCKET, forget_file_systems, s3_environment
from tests.support.s3 import S3Server, Trouble

PROJECT = Path(__file__).parents[2]
BUSY = Trouble("503 Service Unavailable", "SlowDown")


@pytest.fixture(params=["obstore", "fsspec"], autouse=True)
def _backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FLOWS_BUCKET_BACKEND", request.param)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")  # botocore's own, so that the requests of both can be counted
    forget_file_systems()
    yield
    forget_file_systems()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    with S3Server("test") as server:
        server.create_bucket(BUCKET)
        for name, value in s3_environment(server.url).items():
            monkeypatch.setenv(name, value)
        yield server


def backend(prefix: str) -> Backend:
    return open_store(f"s3://{BUCKET}/{prefix}")._backend


def first(count: int, trouble: Trouble) -> Any:
    """Answer the first requests with trouble."""
    numbers = itertools.count()
    return lambda request: trouble if next(numbers) < count else None


@pytest.mark.parametrize("status", ["503 Service Unavailable", "429 Too Many Requests", "500 Internal Server Error"])
def test_a_busy_server_is_asked_again(server: S3Server, status: str) -> None:
    place = backend(f"busy-{status[:3]}")
    place.put("a", b"1")
    for ask in (
        lambda: place.read("a"),
        lambda: place.children(""),
        lambda: list(place.walk("")),
        lambda: place.put("b", b"2"),
        lambda: place.create("c", b"3"),
        lambda: bytes(place.open_blob("a", 1).view(0, 1)),
    ):
        server.trouble = first(2, Trouble(status, "Whatever"))
        ask()
    assert place.read("b") + place.read("c") == b"23"


def test_a_server_that_starts_late_is_waited_for(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with one that restarts: nobody listens on its port meanwhile."""
    backend("late").put("a", b"1")
    later = S3Server("test")
    later._server.server_close()
    port = later._server.server_port
    monkeypatch.setenv("AWS_ENDPOINT_URL", later.url)
    forget_file_systems()

    def start() -> None:
        time.sleep(1)
        with S3Server("test", port=port):
            done.wait(60)

    done = threading.Event()
    thread = threading.Thread(target=start)
    thread.start()
    try:
        assert backend("late").read("a") == b"1"
    finally:
        done.set()
        thread.join()


def test_a_store_that_stays_away_is_said_to_be(
    server: S3Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("FLOWS_BUCKET_RETRY_SECONDS", "0.5")
    server.trouble = lambda request: BUSY
    with (
        caplog.at_level(logging.WARNING, "airflow_provider_flows.store"),
        pytest.raises(StoreUnavailable, match=rf"s3://{BUCKET}/away/a could not be read: .*SlowDown"),
    ):
        backend("away").read("a")
    assert len(server.requests) > 2
    assert [f"s3://{BUCKET}/away/a" in each and "for up to 0.5 seconds" in each for each in caplog.messages] == [True]


def test_nothing_is_repeated_where_that_is_not_wanted(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWS_BUCKET_RETRY_SECONDS", "0")
    place, before = backend("impatient"), len(server.requests)
    server.trouble = lambda request: BUSY
    with pytest.raises(StoreUnavailable):
        place.put("a", b"1")
    if os.environ["FLOWS_BUCKET_BACKEND"] == "obstore":  # s3fs has a few quick tries of its own
        assert len(server.requests) == before + 1


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf"])
def test_a_time_that_is_none_is_an_error(server: S3Server, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("FLOWS_BUCKET_RETRY_SECONDS", text)
    with pytest.raises(UsageError, match=f"bucket_retry_seconds is '{text}'. Give a number of seconds"):
        backend("x")


def test_an_unknown_backend_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWS_BUCKET_BACKEND", "obstor")
    with pytest.raises(UsageError, match=r"bucket_backend is 'obstor'. Choose one of auto, obstore, fsspec"):
        backend("x")


def test_a_write_whose_answer_was_lost_is_not_done_twice(server: S3Server) -> None:
    place = backend("lost")
    place.children("")
    server.trouble = first(1, Trouble("500 Internal Server Error", "InternalError", done_first=True))
    place.create("a", b"mine")
    with pytest.raises(FileExistsError):
        place.create("a", b"another's")
    assert place.read("a") == b"mine"


SAYS = {
    "NoSuchBucket": ("404 Not Found", "The bucket is not there: create it, or correct datastore_root"),
    "InvalidAccessKeyId": ("403 Forbidden", "The credentials are wrong: correct the keys"),
    "SignatureDoesNotMatch": ("403 Forbidden", "The credentials are wrong: correct the keys"),
    "ExpiredToken": ("400 Bad Request", "The credentials have expired: renew them"),
    "RequestTimeTooSkewed": ("403 Forbidden", "This machine's clock is off: set it"),
    "AccessDenied": ("403 Forbidden", "These credentials may not do this: allow them"),
}


@pytest.mark.parametrize("code", SAYS)
def test_what_is_wrong_is_one_line_that_says_what_to_do(server: S3Server, code: str) -> None:
    status, advice = SAYS[code]
    place = backend("wrong")
    server.trouble = lambda request: Trouble(status, code)
    for ask in (
        lambda: place.read("a"),
        lambda: place.children("a"),
        lambda: list(place.walk("a")),
        lambda: place.create("a", b""),
        lambda: place.put("a", b""),
    ):
        before = len(server.requests)
        with pytest.raises(StoreUnavailable) as error:
            ask()
        assert str(error.value).startswith(f"s3://{BUCKET}/wrong/") and advice in str(error.value)
        assert "\n" not in str(error.value) and len(str(error.value)) < 350
        assert len(server.requests) - before <= 2, "an answer is believed"


UPLOAD = """
import os, sys
from airflow_provider_flows.store import open_store
store = open_store(sys.argv[1])
print("began", flush=True)
store.save("F", {"a": os.urandom(64 << 20)})
"""


def test_a_writer_killed_in_mid_upload_leaves_no_blob(server: S3Server) -> None:
    root = f"s3://{BUCKET}/killed-{os.environ['FLOWS_BUCKET_BACKEND']}"
    env = {**os.environ, "PYTHONPATH": str(PROJECT)}
    writer = subprocess.Popen([sys.executable, "-c", UPLOAD, root], env=env, stdout=subprocess.PIPE)
    killed = threading.Event()

    def kill(request: dict[str, Any]) -> None:
        if "partNumber=4" in request["QUERY_STRING"]:
            os.kill(writer.pid, signal.SIGKILL)
            killed.set()

    server.trouble = kill
    with writer:
        assert writer.wait(60) == -signal.SIGKILL and killed.is_set()
    server.trouble = lambda request: None
    assert list(open_store(root)._backend.walk("")) == []


def test_an_alarm_ends_the_waiting_for_a_server_that_does_not_answer(server: S3Server) -> None:
    place, answer = backend("silent"), threading.Event()
    place.put("a", b"1")

    def wait(request: dict[str, Any]) -> None:
        os.kill(os.getpid(), signal.SIGALRM)
        answer.wait(50)

    def ring(*_: object) -> None:
        raise TimeoutError("the step's time is over")

    server.trouble = wait
    before = signal.signal(signal.SIGALRM, ring)
    try:
        with pytest.raises(TimeoutError, match="the step's time is over"):
            place.read("a")
        assert not answer.is_set()
    finally:
        signal.signal(signal.SIGALRM, before)
        server.trouble = lambda request: None
        answer.set()
    assert place.read("a") == b"1"
