"""Runs can be listed newest first, and found without listing them all."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from airflow_provider_flows.errors import ObjectMissing, StoreError
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import Store
from airflow_provider_flows.store.layout import LONGEST_RUN

from .conftest import FLOW, attempt

NAMES = ["manual__2026-01-01T00:00:00+00:00", "a/../b", "..", ".", "é✓ 名前", "a b%2F#&?*", ".hidden", "_run", "C:\\x"]


def test_a_run_keeps_its_newest_record(store: Store) -> None:
    assert store.read_run(FLOW, "r") is None
    store.write_run(FLOW, "r", {"user": "me", "tags": ["a"]})
    store.write_run(FLOW, "r", {"user": "you", "tags": []})
    assert store.read_run(FLOW, "r") == {"user": "you", "tags": []}


def test_runs_come_newest_first_and_once_each(store: Store) -> None:
    for run in ("a", "b", "c", "a"):
        store.write_run(FLOW, run, {})
    assert list(store.runs(FLOW)) == ["a", "c", "b"]


def test_runs_that_begin_at_once_are_two(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_700_000_000 * 10**9)
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda number: store.begin_run(FLOW, {"number": number}), range(24)))
    assert [store.read_run(FLOW, run) for run in ids] == [{"number": number} for number in range(24)]
    assert sorted(store.runs(FLOW)) == sorted(ids) and len(set(ids)) == 24


def test_the_run_that_began_last_is_the_newest_whatever_the_clock_says(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = []
    for seconds in (3000, 2000, 2000, 1000, 4000):
        monkeypatch.setattr("time.time_ns", lambda seconds=seconds: seconds * 10**9)
        began.append(store.begin_run(FLOW, {}))
        store.mark_succeeded(FLOW, began[-1])
    assert began == ["3000000000", "3000000001", "3000000002", "3000000003", "4000000000"]
    assert list(store.runs(FLOW)) == list(store.succeeded_runs(FLOW)) == began[::-1]


def test_what_is_no_mark_hides_no_run(local_store: Store) -> None:
    local_store.write_run(FLOW, "r", {})
    mark = next(Path(local_store.root).glob(f"{FLOW}/index/started/*/*/*/*/*.r"))
    for name in (".DS_Store", "9999.x", "notes", "٣" * 16 + ".x"):
        for folder in list(mark.parents)[:5]:
            (folder / name).touch()
    assert list(local_store.runs(FLOW)) == ["r"]


def test_succeeded_runs_come_newest_first_and_once_each(store: Store) -> None:
    for run in ("a", "b", "a"):
        store.mark_succeeded(FLOW, run)
    assert list(store.succeeded_runs(FLOW)) == ["a", "b"]
    assert list(store.runs(FLOW)) == []


def test_the_latest_run_is_found_in_few_listings(local_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    times = itertools.count(1_700_000_000, 86_400)
    monkeypatch.setattr("time.time_ns", lambda: next(times) * 10**9)
    for number in range(100):
        local_store.mark_succeeded(FLOW, f"run-{number}")
    listed: list[str] = []
    children = local_store._backend.children
    monkeypatch.setattr(local_store._backend, "children", lambda key: listed.append(key) or children(key))
    assert next(local_store.succeeded_runs(FLOW)) == "run-99"
    assert len(listed) == 5
    assert len(list(local_store.succeeded_runs(FLOW))) == 100


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leaves_its_folder(store: Store, name: str) -> None:
    address = TaskAddress(FLOW, name, name, name)
    store.write_run(FLOW, name, {"n": 1})
    store.commit(attempt(0, address))
    store.write_splits(FLOW, name, name, [((), 2)])
    assert list(store.runs(FLOW)) == [name]
    assert store.steps(FLOW, name) == [name] and store.tasks(FLOW, name, name) == [name]
    assert store.read_newest(address) == attempt(0, address)
    assert store.read_run(FLOW, name) == {"n": 1}
    assert store.read_step(FLOW, name, name) == {name: attempt(0, address)}
    assert store.flows() == [FLOW]


@pytest.mark.parametrize("name", ["", "\ud800", "名" * 200])
def test_a_name_that_cannot_be_stored_is_a_clear_error(store: Store, name: str) -> None:
    with pytest.raises(StoreError):
        store.commit(attempt(0, TaskAddress(FLOW, name, "s", "t")))


def test_an_empty_store_has_nothing(store: Store) -> None:
    assert (store.flows(), store.steps(FLOW, "r"), store.tasks(FLOW, "r", "s")) == ([], [], [])
    assert (list(store.runs(FLOW)), list(store.succeeded_runs(FLOW))) == ([], [])
    assert store.read_splits(FLOW, "r", "s") is None


def test_a_fan_out_keeps_its_newest_counts_in_order(store: Store) -> None:
    store.write_splits(FLOW, "r", "s", [((0,), 1)])
    store.write_splits(FLOW, "r", "s", [((1, 0), 3), ((0, 2), 0), ((), 7)])
    assert store.read_splits(FLOW, "r", "s") == [((1, 0), 3), ((0, 2), 0), ((), 7)]


def test_sources_come_back_as_text_and_bytes(store: Store) -> None:
    sources = {"flow.py": "x = 'é\ud800'\r\n", "pkg/data.bin": bytes(range(256)), "empty.py": ""}
    store.put_code(FLOW, "blake3:5b0c", sources)
    store.put_code(FLOW, "blake3:5b0c", sources)
    assert store.get_code(FLOW, "blake3:5b0c") == sources


def test_missing_sources_are_named(store: Store) -> None:
    with pytest.raises(ObjectMissing, match="code/blake3%3A5b0c"):
        store.get_code(FLOW, "blake3:5b0c")


def test_a_run_whose_name_is_too_long_is_rejected_before_anything_is_written(store: Store) -> None:
    store.write_run(FLOW, "r" * LONGEST_RUN, {})
    assert list(store.runs(FLOW)) == ["r" * LONGEST_RUN]
    with pytest.raises(StoreError, match="Shorten the DAG's id or the run's"):
        store.write_run(FLOW, "r" * (LONGEST_RUN + 1), {})
    assert list(store.runs(FLOW)) == ["r" * LONGEST_RUN]
