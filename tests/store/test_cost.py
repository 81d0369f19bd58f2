"""What the store costs: imports, requests, memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import Store

from .conftest import ADDRESS, FLOW, attempt

PROJECT = Path(__file__).parents[2]


def python(code: str, *args: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(PROJECT)}
    argv = [sys.executable, "-c", code, *args]
    return subprocess.run(argv, check=True, capture_output=True, text=True, env=env).stdout


LOADED = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def test_a_folder_needs_neither_fsspec_nor_airflow_nor_numpy(tmp_path: Path) -> None:
    code = f"""
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import AttemptRecord, open_store
store = open_store({str(tmp_path)!r})
where = TaskAddress("F", "r", "s", "s")
store.write_run("F", "r", {{}})
store.commit(AttemptRecord(where, 0, "ok", artifacts=store.save("F", {{"a": 1, "b": list(range(100_000))}})))
store.load_many("F", store.read_newest(where).artifacts)
{LOADED}
"""
    loaded = set(python(code).split())
    assert not loaded & {"fsspec", "airflow", "numpy", "pandas", "s3fs", "asyncio"}


def test_importing_the_package_loads_nothing_of_it() -> None:
    code = "import sys, airflow_provider_flows.store\nprint(*[n for n in sys.modules if n.startswith('airflow_pro')])"
    assert python(code).split() == [f"airflow_provider_flows{each}" for each in ("", ".lazy", ".store")]


def test_a_linear_step_costs_one_read_and_one_write(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.commit(attempt(artifacts=store.save(FLOW, {"a": 1, "b": "x" * 100_000})))
    calls: list[str] = []
    for name in ("read", "create", "put", "adopt", "open_blob"):
        real = getattr(store._backend, name)
        monkeypatch.setattr(store._backend, name, lambda *a, _n=name, _r=real: calls.append(_n) or _r(*a))
    before = store.read_newest(ADDRESS)
    refs = {**before.artifacts, **store.save(FLOW, {"c": {"new": 2}})}
    store.commit(attempt(0, TaskAddress(FLOW, ADDRESS.run, "next", "next"), artifacts=refs))
    assert calls == ["read", "create"]


MEMORY = """
import os, sys
import numpy as np
import blake3, zstandard
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import AttemptRecord, open_store

what, action, root = sys.argv[1:]
size = 192 << 20
MAKE = {
    "random array": lambda: np.random.default_rng(0).random(size // 8),
    "constant array": lambda: np.ones(size // 8),
    "bytes": lambda: os.urandom(size),
    "containers": lambda: {"a": [os.urandom(size // 2), bytearray(os.urandom(size // 2))]},
    "repetitive bytes": lambda: b"0123456789abcdef" * (size // 16),
}

def highest():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM"))

def forget():
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")

store, where = open_store(root), TaskAddress("F", "r", "s", what.replace(" ", "-"))
store.load("F", store.save("F", {"warm": os.urandom(100_000)})["warm"])
forget()
empty = highest()
if action == "save":
    value = MAKE[what]()
    forget()
    store.commit(AttemptRecord(where, 0, "ok", artifacts=store.save("F", {"v": value})))
else:
    value = store.load("F", store.read_newest(where).artifacts["v"])
print((highest() - empty) / size)
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/clear_refs"), reason="needs Linux's peak of resident memory")
@pytest.mark.parametrize(
    ("where", "what"),
    [
        *(("folder", what) for what in ("random array", "constant array", "bytes", "containers", "repetitive bytes")),
        ("bucket", "containers"),
        ("bucket through fsspec", "containers"),
        pytest.param("bucket", "random array", marks=pytest.mark.slow),
    ],
)
def test_saving_and_loading_take_at_most_1_2_times_the_objects_size(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, where: str, what: str
) -> None:
    monkeypatch.setenv("FLOWS_BUCKET_BACKEND", "fsspec" if "fsspec" in where else "auto")
    store = request.getfixturevalue("local_store" if where == "folder" else "s3_store")
    assert float(python(MEMORY, what, "save", store.root)) < 1.2
    assert float(python(MEMORY, what, "load", store.root)) < 1.2
