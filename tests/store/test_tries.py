"""The note of a task's newest try: one object for each task, in place of the one before."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows.errors import ObjectDamaged, SignatureInvalid
from airflow_provider_flows.store import Store, open_store

NOTE = {"said": {"try_number": 2, "max_tries": 3}, "code": None, "cleared": True}


def test_the_newest_note_of_a_task_counts_and_each_task_has_its_own(store: Store) -> None:
    assert store.read_try("F", "r", "s", -1) is None
    for note in ({"code": 0}, NOTE):
        store.write_try("F", "r", "s", -1, note)
    store.write_try("F", "r", "s", 0, {"code": 1})
    assert (store.read_try("F", "r", "s", -1), store.read_try("F", "r", "s", 0)) == (NOTE, {"code": 1})
    assert store.read_try("F", "r", "s", 1) is None and store.steps("F", "r") == []


def test_a_note_is_believed_in_its_own_place_alone(tmp_path: Path) -> None:
    store = open_store(str(tmp_path), signing_key="key")
    store.write_try("F", "r", "s", 0, NOTE)
    folder = tmp_path / "F" / "runs" / "r" / "_tries" / "s"
    (folder / "0").rename(folder / "1")
    with pytest.raises(ObjectDamaged, match="should hold that of"):
        store.read_try("F", "r", "s", 1)
    open_store(str(tmp_path)).write_try("F", "r", "s", 2, NOTE)
    with pytest.raises(SignatureInvalid):
        store.read_try("F", "r", "s", 2)
