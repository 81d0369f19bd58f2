"""Nothing of a bucket's that was opened before a fork is used after it, in processes that really fork."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow_provider_flows.errors import StoreError
from airflow_provider_flows.store import Store, open_store

from tests.conftest import ROOT
from tests.services import clean_environ
from tests.support.places import Place, forget_file_systems, moto

SECONDS = 60


@pytest.fixture(scope="module")
def s3() -> Iterator[Place]:
    with moto() as place:
        yield place


@pytest.fixture
def place(s3: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    forget_file_systems()
    yield s3
    forget_file_systems()


def answer_of_python(code: str, place: Place, **more: str) -> str:
    """Run code in a new interpreter, where nobody has used obstore yet."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "ROOT": place.new_root(), **more}
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


FORK = """
import os
from airflow_provider_flows.store import open_store

def client(): return type(store._backend.client).__name__

def in_a_fork(do):
    read, write = os.pipe()
    if os.fork() == 0:
        try:
            os.write(write, str(do()).encode())
        except BaseException as error:
            os.write(write, repr(error).encode())
        finally:
            os._exit(0)
    os.close(write)
    with open(read) as pipe:
        return pipe.read()

store = open_store(os.environ["ROOT"])
"""


@pytest.mark.parametrize("backend", ["auto", "fsspec"])
def test_a_fork_reads_what_its_parent_reads(place: Place, backend: str) -> None:
    code = f"""{FORK}
store.write_run("F", "r", {{"a": 1}})
print(in_a_fork(lambda: [store.read_run("F", "r"), store.write_run("F", "s", {{"b": 2}}), client()]))
print(store.read_run("F", "s"), client())
"""
    child, parent = answer_of_python(code, place, FLOWS_BUCKET_BACKEND=backend).splitlines()
    assert child.startswith("[{'a': 1}, ") and child.endswith("'FsspecClient']")
    assert parent == f"{{'b': 2}} {'FsspecClient' if backend == 'fsspec' else 'ObstoreClient'}"


def test_a_fork_of_a_process_that_only_opened_a_store_has_obstore(place: Place) -> None:
    code = f"""{FORK}
print(in_a_fork(lambda: [store.flows(), client()]))
print(store.flows(), client())
"""
    assert answer_of_python(code, place) == "[[], 'ObstoreClient']\n[] ObstoreClient\n"


@pytest.mark.parametrize(
    ("backend", "words"),
    [("auto", "Install fsspec and its package for s3://"), ("obstore", "it was used in a process that this one was")],
)
def test_where_nothing_can_open_it_a_fork_says_so(place: Place, backend: str, words: str) -> None:
    code = f"""{FORK}
import sys
sys.modules["s3fs"] = None  # as where it is not installed
store.flows()
print(in_a_fork(store.flows))
"""
    said = answer_of_python(code, place, FLOWS_BUCKET_BACKEND=backend)
    assert StoreError.__name__ in said and words in said


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_a_store_goes_to_processes_of_a_pool(place: Place, start: str) -> None:
    store = open_store(place.new_root())
    store.write_run("F", "r", {})
    with multiprocessing.get_context(start).Pool(2) as pool:
        found = [pool.apply_async(Store.flows, (store,)) for _ in range(4)]
        assert [each.get(SECONDS) for each in found] == [["F"]] * 4
    assert store.flows() == ["F"]


FLOW = """
from metaflow import FlowSpec, step, parallel_map

class ForkingFlow(FlowSpec):
    @step
    def start(self):
        self.numbers = list(range(100_000))
        self.items = [1, 2, 3]
        self.next(self.fit, foreach="items")

    @step
    def fit(self):
        print("fit", self.input)
        self.first = self.numbers[0]
        self.sums = parallel_map(lambda one: sum(self.numbers) + one, [self.input, 10])
        self.lazy = parallel_map(lambda one: self.items[one], [0, 1, 2])
        self.next(self.join)

    @step
    def join(self, inputs):
        self.sums = [each.sums for each in inputs]
        self.lazy = inputs[0].lazy
        self.next(self.end)

    @step
    def end(self):
        print("end", [[one - sum(range(100_000)) for one in each] for each in self.sums], self.lazy)
"""


@pytest.mark.parametrize("backend", ["auto", "fsspec"])
def test_a_local_run_with_steps_that_fork(place: Place, tmp_path: Path, backend: str) -> None:
    flow = tmp_path / "forking_flow.py"
    flow.write_text(FLOW)
    env = {
        **clean_environ(),
        **place.environment,
        "FLOWS_BUCKET_BACKEND": backend,
        "FLOWS_DATASTORE_ROOT": place.new_root(),
        "AIRFLOW_HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }

    def flows(*words: str) -> str:
        command = [sys.executable, "-m", "airflow_provider_flows", str(flow), *words]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=True).stdout

    flows("run", "--run-id-file", str(tmp_path / "id"))
    run = (tmp_path / "id").read_text()
    assert "end [[1, 10], [2, 10], [3, 10]] [1, 2, 3]" in flows("logs", f"{run}/end")
    assert "fit 2" in flows("logs", f"{run}/fit")


def test_a_scheme_that_cannot_promise_once_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    import fsspec
    from fsspec.implementations.memory import MemoryFileSystem

    class PlainFileSystem(MemoryFileSystem):
        protocol = "plain"
        pipe_file = fsspec.AbstractFileSystem.pipe_file

    fsspec.register_implementation("plain", PlainFileSystem, clobber=True)
    for name in ("a", "b"):
        store = open_store(f"plain://{name}")
        assert store.write_run("F", "r", {}) is None
        store._backend.create("once", b"1")
        with pytest.raises(FileExistsError):
            store._backend.create("once", b"2")
    open_store("memory://a").write_run("F", "r", {})
    assert [message.partition(" cannot promise ")[0] for message in caplog.messages] == ["plain://"]


LOG_PROCESS = """
import os, threading
from types import SimpleNamespace
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.operators.kept_logs import kept_logs
from airflow_provider_flows.store import AttemptRecord, StoreAccess

access, address = StoreAccess(os.environ["ROOT"]), TaskAddress("F", "r", "s", "s")
access.preload()
if {used}:
    access.open().flows()
else:
    assert threading.active_count() == 1, "else the process that keeps the log would be no fork"
with kept_logs(access) as logs:
    logs.begin(address)
    os.system("echo printed")
    logs.end(SimpleNamespace(verdict="", ok=True, record=AttemptRecord(address, 0, "ok")))
print([line.text for line in access.open().read_log(address, 0)])
"""


@pytest.mark.parametrize("used", [False, True])
@pytest.mark.parametrize("backend", ["auto", "fsspec"])
def test_the_process_that_keeps_a_log_writes_it(place: Place, backend: str, used: bool) -> None:
    said = answer_of_python(LOG_PROCESS.format(used=used), place, FLOWS_BUCKET_BACKEND=backend)
    assert "printed" in said.splitlines()
    assert "'printed'" in said.splitlines()[-1]
