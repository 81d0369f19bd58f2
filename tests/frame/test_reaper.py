"""Nothing that a test or the demo starts is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests import reaper

# A service that will not go when asked, with a child that has left its process group and one that has left its session.
STUBBORN = """
import os, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sleep = [sys.executable, "-c", "import time; time.sleep(300)"]
subprocess.Popen(sleep, process_group=0) if sys.version_info >= (3, 11) else subprocess.Popen(sleep)
subprocess.Popen(sleep, start_new_session=True)
print("ready", flush=True)
signal.pause()
"""
Started = tuple[subprocess.Popen[str], int, str]


@pytest.fixture
def started() -> Iterator[Started]:
    """A reaper that knows of one stubborn service: (reaper, the service's session, the token)."""
    token = f"test-{os.getpid()}-{time.monotonic_ns()}"
    environ = {**os.environ, reaper.TOKEN_VARIABLE: token}
    service = subprocess.Popen(
        [sys.executable, "-c", STUBBORN], env=environ, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert service.stdout is not None and service.stdout.readline() == "ready\n"
    watcher = subprocess.Popen([sys.executable, reaper.__file__, token, "0.5"], stdin=subprocess.PIPE, text=True)
    assert watcher.stdin is not None
    watcher.stdin.write(f"{service.pid}\n")
    watcher.stdin.flush()
    assert len(reaper.members({service.pid}, token)) == 3
    yield watcher, service.pid, token
    service.wait()
    service.stdout.close()


def test_all_processes_end_when_their_owner_is_gone(started: Started) -> None:
    watcher, session, token = started
    watcher.communicate()
    assert not reaper.members({session}, token)


def test_services_may_outlive_their_owner_until_their_reaper_is_told_to_stop(started: Started) -> None:
    watcher, session, token = started
    assert watcher.stdin is not None
    watcher.stdin.write("stay\n")
    watcher.stdin.close()
    time.sleep(0.5)
    assert len(reaper.members({session}, token)) == 3
    watcher.terminate()
    watcher.wait()
    assert not reaper.members({session}, token)
