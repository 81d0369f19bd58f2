"""A writer may be killed at any system call: a reader sees the attempt before, or the new one, never a mixture."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from airflow_provider_flows.errors import AttemptExists
from airflow_provider_flows.store import Store, open_store

from .conftest import ADDRESS, FLOW, attempt

PROJECT = Path(__file__).parents[2]

WRITER = """
import os, random, sys
from airflow_provider_flows import files
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import AttemptRecord, backend_local, blob, open_store, saving

root, deadline, flow, *address = sys.argv[1:]
calls = 0

class Dying:
    '''Stands for `os`, and kills the process at one of its calls: right before it, or in the middle of a write.'''

    def __getattr__(self, name):
        real = getattr(os, name)
        if name not in {"open", "write", "fsync", "link", "unlink", "replace", "rename", "mkdir", "close"}:
            return real

        def call(*args, **kwargs):
            global calls
            calls += 1
            if calls == int(deadline):
                if name == "write":
                    real(args[0], args[1][: len(args[1]) // 2])
                os._exit(9)
            return real(*args, **kwargs)

        return call

for module in (files, backend_local, blob, saving):
    module.os = Dying()
store = open_store(root)
refs = store.save(flow, {"small": "new", "large": list(range(50_000)), "other": random.Random(0).randbytes(200_000)})
where = TaskAddress(flow, *address)
store.commit(AttemptRecord(where, store.next_attempt(where), "ok", artifacts=refs))
"""


def write(root: str, deadline: int) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-c", WRITER, root, str(deadline), FLOW, ADDRESS.run, ADDRESS.step, ADDRESS.task]
    env = {**os.environ, "PYTHONPATH": str(PROJECT), "FLOWS_FSYNC": "1"}
    return subprocess.run(argv, capture_output=True, text=True, check=False, env=env)


def test_a_writer_killed_at_any_system_call_leaves_the_old_attempt_or_the_new_one(tmp_path: Path) -> None:
    outcomes = []
    for deadline in itertools.count(1):
        store = open_store(str(tmp_path / str(deadline)))
        store.commit(attempt(0, artifacts=store.save(FLOW, {"small": "old"})))
        killed = write(store.root, deadline)
        assert killed.returncode in (0, 9), killed.stderr
        if killed.returncode == 0:
            break
        newest = store.read_newest(ADDRESS)
        values = store.load_many(FLOW, newest.artifacts)
        outcomes.append(newest.attempt)
        if newest.attempt == 0:
            assert values == {"small": "old"}
        else:
            assert (values["small"], values["large"], len(values["other"])) == ("new", list(range(50_000)), 200_000)
        assert store.tasks(FLOW, ADDRESS.run, ADDRESS.step) == [ADDRESS.task]
        assert set(store.read_step(FLOW, ADDRESS.run, ADDRESS.step)) == {ADDRESS.task}
        store.commit(attempt(store.next_attempt(ADDRESS), outcome="caught"))
        assert store.read_newest(ADDRESS).outcome == "caught"
    assert len(outcomes) > 30 and outcomes == sorted(outcomes) and set(outcomes) == {0, 1}


RACER = """
import sys, time
from airflow_provider_flows.errors import AttemptExists
from airflow_provider_flows import files
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import AttemptRecord, open_store
root, start, name, *address = sys.argv[1:]
store = open_store(root)
store.read_newest(TaskAddress(*address))
time.sleep(max(0, float(start) - time.time()))
for number in range(30):
    try:
        store.commit(AttemptRecord(TaskAddress(*address), number, "ok", metadata={"by": name}))
        print("won")
    except AttemptExists:
        print("lost")
"""


def test_of_two_processes_that_commit_the_same_attempt_one_wins(store: Store) -> None:
    import time

    where = [ADDRESS.flow, ADDRESS.run, ADDRESS.step, ADDRESS.task]
    start = str(time.time() + 2)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, store.root, start, name, *where],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
        )
        for name in ("a", "b")
    ]
    a, b = (racer.communicate(timeout=60)[0].split() for racer in racers)
    assert len(a) == len(b) == 30 and all({a[n], b[n]} == {"won", "lost"} for n in range(30))
    for number, one in enumerate(a):
        assert store.read_attempt(ADDRESS, number).metadata == {"by": "a" if one == "won" else "b"}


def test_without_hard_links_one_commit_wins_too(local_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*args: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", no_links)
    local_store.commit(attempt(0, outcome="ok"))
    with pytest.raises(AttemptExists):
        local_store.commit(attempt(0, outcome="failed"))
    assert local_store.read_newest(ADDRESS).outcome == "ok"
    assert [names for _, _, names in os.walk(local_store.root) if names] == [["0"]]


def test_a_full_disk_is_an_error_of_the_store_and_leaves_nothing(
    local_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow_provider_flows.errors import StoreError, UnpicklableArtifact

    real = os.write

    def full(fd: int, data: bytes) -> int:
        if len(data) > 50_000:
            raise OSError(28, "No space left on device")
        return real(fd, data)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StoreError, match="No space left on device") as caught:
        local_store.save(FLOW, {"a": os.urandom(100_000)})
    assert not isinstance(caught.value, UnpicklableArtifact)
    assert os.listdir(f"{local_store.root}/{FLOW}/blobs") == []
