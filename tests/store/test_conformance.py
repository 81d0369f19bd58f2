"""What a store promises, it promises in every place, whatever opens it: whole or not at all, once, checked, healed."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from airflow_provider_flows.errors import AttemptExists, ObjectDamaged, StoreError
from airflow_provider_flows.store import Store, layout, open_store
from airflow_provider_flows.store.backend import Backend

from tests.support.places import PLACES, SERVERS, Place, forget_file_systems
from tests.support.servers import Unavailable

from .conftest import ADDRESS, FLOW, attempt

WRITERS = 64
BIG = 21 << 20
"""Bytes that are uploaded in several parts, and read in several ranges and windows."""


class Servers:
    """Those that were asked for, each started once."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack, self._places = stack, dict[str, Place]()

    def place(self, server: str) -> Place:
        if server not in self._places:
            self._places[server] = self._stack.enter_context(SERVERS[server]())
        return self._places[server]


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with ExitStack() as stack:
        yield Servers(stack)


@pytest.fixture(params=PLACES)
def root(
    request: pytest.FixtureRequest, servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    server, _, backend = request.param.partition("/")
    if server == "folder":
        yield str(tmp_path / "store")
        return
    try:
        place = servers.place(server)
    except Unavailable as reason:
        pytest.skip(str(reason))
    for name, value in {**place.environment, "FLOWS_BUCKET_BACKEND": backend}.items():
        monkeypatch.setenv(name, value)
    forget_file_systems()
    yield place.new_root()
    forget_file_systems()


@pytest.fixture
def store(root: str) -> Store:
    return open_store(root)


@pytest.fixture
def backend(store: Store) -> Backend:
    return store._backend


def test_an_object_is_read_as_it_was_written(backend: Backend) -> None:
    for key, data in {"a/b": b"", "a/%5Fc+d:e": b"\0\xff", "f": b"x" * 100_000}.items():
        backend.create(key, data)
        assert backend.read(key) == data
    backend.put("f", b"another")
    assert backend.read("f") == b"another"


def test_what_is_not_there_is_not_there(backend: Backend) -> None:
    for neighbour in ("ab", "b/a"):
        with pytest.raises(FileNotFoundError):
            backend.read("a/b")
        for size in (10, BIG):
            with pytest.raises(FileNotFoundError):
                backend.open_blob("a/c", size).view(0, 1)
        assert backend.children("a") == [] and list(backend.walk("a")) == []
        backend.put(neighbour, b"")


def test_children_and_walk_see_what_is_below_and_no_drafts(backend: Backend) -> None:
    keys = {"a/1", "a/b/2", "a/b/c/3", "a/%5Fd/4"}
    for key in (*keys, "ab/5", "a/#draft", "a/b/#draft"):
        backend.put(key, b"1")
    assert sorted(backend.children("a")) == ["%5Fd/", "1", "b/"]
    assert sorted(backend.children("a/b")) == ["2", "c/"]
    assert set(backend.walk("a")) == keys
    assert sorted(backend.children("")) == ["a/", "ab/"]


def test_more_children_than_a_page_holds_are_all_seen(backend: Backend, root: str) -> None:
    if not root.startswith(("memory", "s3")):
        pytest.skip("one server with pages of a thousand is enough")
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: backend.put(f"many/{number}", b""), range(1_003)))
    assert len(set(backend.children("many"))) == len(set(backend.walk("many"))) == 1_003


def test_an_object_is_created_once(backend: Backend) -> None:
    backend.create("a", b"first")
    with pytest.raises(FileExistsError):
        backend.create("a", b"second")
    assert backend.read("a") == b"first"


def test_of_many_racing_writers_one_wins(root: str) -> None:
    """Each has a store of its own, as in processes of their own."""
    ready, won = threading.Barrier(WRITERS), []

    def write(number: int) -> None:
        backend, data = open_store(root)._backend, str(number).encode()
        backend.children("")
        ready.wait()
        try:
            backend.create("once", data)
        except FileExistsError:
            return
        won.append(data)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    assert won == [open_store(root)._backend.read("once")]


def test_an_attempt_is_committed_once(store: Store) -> None:
    store.commit(attempt(outcome="ok"))
    with pytest.raises(AttemptExists):
        store.commit(attempt(outcome="failed"))
    assert store.read_newest(ADDRESS).outcome == "ok"  # type: ignore[union-attr]


def test_a_large_blob_is_adopted_whole_and_read_in_any_part(backend: Backend) -> None:
    data = np.random.default_rng(0).bytes(BIG)
    path = backend.scratch("F/blobs")
    with open(path, "wb") as file:
        file.write(data)
    backend.adopt(path, "F/blobs/big")
    assert not os.path.exists(path)
    source = backend.open_blob("F/blobs/big", BIG)
    assert source.size == BIG
    for offset, length in ((0, 64), (BIG - 64, 64), (1, 5 << 20), (7, 9), (0, BIG), (3 << 20, 17 << 20), (5, 0)):
        assert bytes(source.view(offset, length)) == data[offset : offset + length]
    view = source.view(0, 10)
    view[:] = b"0123456789"
    assert bytes(backend.open_blob("F/blobs/big", BIG).view(0, 10)) == data[:10], "what is viewed is the caller's own"


def test_adopting_takes_the_place_of_another_blob(backend: Backend) -> None:
    for data in (b"damaged", b"sound"):
        path = backend.scratch("F/blobs")
        with open(path, "wb") as file:
            file.write(data)
        backend.adopt(path, "F/blobs/x")
        assert bytes(backend.open_blob("F/blobs/x", 10).view(0, len(data))) == data


def test_artifacts_come_back_equal(store: Store) -> None:
    values = {"small": 1, "list": list(range(100_000)), "array": np.random.default_rng(0).random(3 << 20)}
    store.commit(attempt(artifacts=store.save(FLOW, values)))
    found = store.load_many(FLOW, store.read_newest(ADDRESS).artifacts)  # type: ignore[union-attr]
    assert (found.pop("array") == values.pop("array")).all() and found == values


def test_a_damaged_blob_is_found_and_healed(store: Store) -> None:
    value = np.random.default_rng(0).random(50_000)
    ref = store.save(FLOW, {"a": value})["a"]
    key = layout.blob(FLOW, ref.digest)
    sound = store._backend.read(key)
    for harmed in (sound[:-100], b"", sound[:-20] + b"x" * 20):
        store._backend.put(key, harmed)
        with pytest.raises(ObjectDamaged, match=ref.digest[:10]):
            store.load(FLOW, ref)
        store.save(FLOW, {"a": value})
        assert store._backend.read(key) == sound
        assert (store.load(FLOW, ref) == value).all()


def test_a_flipped_byte_is_found(store: Store) -> None:
    ref = store.save(FLOW, {"a": np.arange(50_000)})["a"]
    key = layout.blob(FLOW, ref.digest)
    data = bytearray(store._backend.read(key))
    data[1_000] ^= 1
    store._backend.put(key, bytes(data))
    with pytest.raises(ObjectDamaged):
        store.load(FLOW, ref)


def test_a_key_that_no_bucket_takes_is_an_error_of_the_store(backend: Backend) -> None:
    if backend.remote:
        with pytest.raises(StoreError, match="bytes as a key"):
            backend.put("k" * 1_100, b"")
