"""An attempt is there as a whole, or not at all."""

from __future__ import annotations

import math

import pytest
from airflow_provider_flows.errors import AttemptExists
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import ArtifactRef, ParentRef, Store, open_store
from airflow_provider_flows.store.record import from_bytes, to_bytes

from .conftest import ADDRESS, FLOW, attempt

FULL = dict(
    outcome="caught", retry_count=3, epoch=2, started_at=1.5, finished_at=2.25, path=(2, 0), iteration=7,
    parents=(ParentRef("start", "start", 0), ParentRef("split", "split-2", 1)), code="blake3:5b0c",
    transition=("a", "b"), num_splits=3, split_labels=("divisor=2", "\ud800", "‮x"),
    exception={"type": "ValueError", "message": "'); import os", "stacktrace": "…\0"},
    metadata={"host": "é"},
)  # fmt: skip


def test_every_field_of_a_record_comes_back(store: Store) -> None:
    record = attempt(4, artifacts=store.save(FLOW, {"a": 1, "{{ b }}": "x" * 100_000}), **FULL)
    store.commit(record)
    assert store.read_attempt(ADDRESS, 4) == record
    assert store.load(FLOW, store.read_newest(ADDRESS).artifacts["a"]) == 1


def test_a_record_without_anything_comes_back(store: Store) -> None:
    store.commit(attempt())
    assert store.read_newest(ADDRESS) == attempt()


def test_the_newest_attempt_counts_whatever_its_outcome(store: Store) -> None:
    assert store.read_newest(ADDRESS) is None
    for number, outcome in enumerate(["ok", "failed"]):
        assert store.next_attempt(ADDRESS) == number
        store.commit(attempt(number, outcome=outcome))
    assert store.read_newest(ADDRESS).outcome == "failed"


def test_attempt_ten_is_newer_than_attempt_nine(store: Store) -> None:
    for number in (9, 10):
        store.commit(attempt(number))
    assert store.read_newest(ADDRESS).attempt == 10 and store.next_attempt(ADDRESS) == 11


def test_an_attempt_is_committed_once(store: Store) -> None:
    store.commit(attempt(outcome="ok"))
    with pytest.raises(AttemptExists, match=f"Attempt 0 of {ADDRESS.run and ADDRESS.flow}/"):
        store.commit(attempt(outcome="failed"))
    assert store.read_newest(ADDRESS).outcome == "ok"


def test_an_untouched_artifact_is_carried_forward_without_being_read(store: Store, tmp_path) -> None:
    refs = store.save(FLOW, {"small": 1, "large": list(range(100_000))})
    store.commit(attempt(artifacts=refs))
    carried = store.read_newest(ADDRESS).artifacts
    assert carried == refs and carried["small"].inline is not None and carried["large"].inline is None
    store.commit(attempt(1, artifacts=carried))
    assert store.load(FLOW, store.read_newest(ADDRESS).artifacts["large"]) == list(range(100_000))


def test_a_record_stays_small_however_many_small_artifacts_it_has(store: Store) -> None:
    refs = store.save(FLOW, {f"a{number}": str(number) * 4_000 for number in range(150)})
    store.commit(attempt(artifacts=refs))
    found = store.read_newest(ADDRESS)
    assert sum(len(ref.inline or b"") for ref in found.artifacts.values()) <= 512 << 10
    assert store.load_many(FLOW, found.artifacts) == {f"a{number}": str(number) * 4_000 for number in range(150)}


def test_a_step_is_read_in_one_go(store: Store) -> None:
    addresses = [TaskAddress(FLOW, "r", "fit", f"fit-{number}") for number in range(12)]
    for address in addresses:
        store.commit(attempt(0, address))
    store.commit(attempt(1, addresses[3], outcome="failed"))
    step = store.read_step(FLOW, "r", "fit")
    assert set(step) == {address.task for address in addresses}
    assert step["fit-3"].outcome == "failed"
    assert store.read_step(FLOW, "r", "other") == {}


def test_many_records_are_read_in_the_order_asked_for(store: Store) -> None:
    there, absent = TaskAddress(FLOW, "r", "a", "a"), TaskAddress(FLOW, "r", "b", "b")
    store.commit(attempt(0, there))
    assert store.read_many([absent, there, absent]) == [None, attempt(0, there), None]


def test_infinite_and_missing_times_are_kept(local_store: Store) -> None:
    local_store.commit(attempt(finished_at=math.inf))
    assert local_store.read_newest(ADDRESS).finished_at == math.inf


def test_a_header_key_that_we_do_not_know_is_no_obstacle(local_store: Store) -> None:
    from airflow_provider_flows.store import envelope

    header, body = envelope.unseal(to_bytes(attempt()), "attempt", {}, "x")
    del header["kind"]
    later = envelope.seal("attempt", {**header, "shiny": [1]}, bytes(body))
    assert from_bytes(later, ADDRESS, 0, "x") == attempt()


def test_another_process_sees_what_was_committed(store: Store) -> None:
    other = open_store(store.root)
    assert other.read_newest(ADDRESS) is None
    store.commit(attempt())
    assert other.read_newest(ADDRESS) == attempt() and other.next_attempt(ADDRESS) == 1


def test_refs_are_equal_when_their_contents_are() -> None:
    assert ArtifactRef("d", "int", 1, b"x") == ArtifactRef("d", "int", 1, None)
