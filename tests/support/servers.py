"""Object stores on loopback, as processes of their own: ministack for S3, azurite for Azure, and a stub for Google's.

ministack pins its dependencies exactly and azurite comes from npm, so both live beside the project's environment: below
`.servers/` and in uv's cache, installed when they are first needed. `Unavailable` says why there is none.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.support.s3 import S3Server

MINISTACK, AZURITE = "ministack==1.5.33", "azurite@3.37.0"
ACCOUNT, KEY = (
    "devstoreaccount1",
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
)
"""What every emulator of Azure's storage is called, and its published key."""
_AS_TEST = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
_FOLDER = ROOT / ".servers"
_SECONDS = 120.0
_NPM_SECONDS = 60.0


class Unavailable(Exception):
    """There is no such server here; the message says why."""


@contextmanager
def ministack() -> Iterator[str]:
    """Run an S3 server; yield its URL."""
    port = _free_port()
    env = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1"}
    command = [sys.executable, "-m", "uv", "tool", "run", "--from", MINISTACK, "ministack"]
    with _running(command, env, port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def azurite() -> Iterator[str]:
    """Run a server of Azure's blobs; yield its connection string."""
    port = _free_port()
    command = [_azurite(), "--inMemoryPersistence", "--skipApiVersionCheck", "--silent", "--blobPort", str(port)]
    with _running(command, {}, port):
        url = f"http://127.0.0.1:{port}/{ACCOUNT}"
        yield f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint={url};"


class GcsStub(S3Server):
    """A stub, not Google's server: moto, whose protocol is nearly that of Google's XML interface.

    It knows the one precondition of generations that matters here: there is none of this object yet.
    """

    def __init__(self) -> None:
        super().__init__("test")

    def _answer(self, environ: dict[str, Any], respond: Callable[..., Any]) -> Iterable[bytes]:
        environ["HTTP_AUTHORIZATION"] = _AS_TEST
        environ["RAW_URI"] = environ["RAW_URI"].replace("%2D", "-")  # as obstore writes names of buckets
        if environ.pop("HTTP_X_GOOG_IF_GENERATION_MATCH", None) == "0":
            environ["HTTP_IF_NONE_MATCH"] = "*"
        return super()._answer(environ, respond)


def _folder() -> Path:
    _FOLDER.mkdir(exist_ok=True)
    return _FOLDER


def _azurite() -> str:
    path, reason = _installed_azurite()
    if reason:
        raise Unavailable(reason)
    return path


@cache  # so that what takes a minute to fail is tried once
def _installed_azurite() -> tuple[str, str]:
    """Return the program's path, installed where need be; or why there is none."""
    found = shutil.which("azurite-blob") or str(_FOLDER / "node_modules/.bin/azurite-blob")
    npm = shutil.which("npm")
    if os.path.exists(found):
        return found, ""
    if npm is None:
        return "", "azurite needs npm, which is not installed"
    with open(_folder() / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(found):
            quiet = ("--silent", "--no-audit", "--no-fund", "--fetch-retries=0")
            command = [npm, "install", *quiet, "--prefix", str(_FOLDER), AZURITE]
            try:
                subprocess.run(command, capture_output=True, text=True, check=True, timeout=_NPM_SECONDS)
            except subprocess.SubprocessError as error:
                return "", f"npm cannot install {AZURITE}: {error}"
    return found, ""


@contextmanager
def _running(command: list[str], env: dict[str, str], port: int) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="flows-server-") as folder:
        env, log = {**os.environ, "TMPDIR": folder, **env}, Path(folder, "log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, env=env, cwd=folder, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        try:
            _wait_for(port, process, log)
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # they would wait for the connections of clients
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    said = log.read_text(errors="replace").strip()[-300:]
    raise Unavailable(f"{process.args!r} did not start: {said}")


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port
