"""Files and folders of somebody else in a store, which readers pass over: those of desktops, editors and people."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import LogLine, Store

from .conftest import FLOW, attempt

ADDRESS = TaskAddress(FLOW, "r", "fit", "fit")
A_NUMBER = "1767225600000000"
"""Where records are numbered, this is the name of one, and its damage must be told."""
FILES = [".DS_Store", "notes", "notes.txt", "01", "٣", "９", "+2", " 2", "2 ", "2~", "1.0", "0.log.bak", "٣.log",
         "01.log", "9 copy", "%2e", "%ZZ", "_x", A_NUMBER, "1767225600000000.", "desktop.ini"]  # fmt: skip
FOLDERS = [".Trash-0", "lost+found", "5", "5.log", "_x", "%41", "3026", "12", "1767225600000000.r2"]


def fill(store: Store) -> None:
    store.write_run(FLOW, "r", {"n": 1})
    store.mark_succeeded(FLOW, "r")
    store.write_splits(FLOW, "r", "fit", [((), 2)])
    store.write_log(ADDRESS, 0, [LogLine(1.0, "stdout", "said")])
    store.commit(attempt(0, ADDRESS))


def answers(store: Store) -> list[object]:
    return [
        store.flows(),
        [list(store.runs(FLOW)), list(store.succeeded_runs(FLOW))],
        store.read_run(FLOW, "r"),
        store.read_splits(FLOW, "r", "fit"),
        [store.attempts(ADDRESS), store.next_attempt(ADDRESS), store.newest_log(ADDRESS)],
        [store.read_newest(ADDRESS), store.read_many([ADDRESS])],
        store.read_step(FLOW, "r", "fit"),
        [line.text for line in store.read_log(ADDRESS, 0)],
    ]


def folders(store: Store) -> list[Path]:
    root = Path(store.root)
    return [root, *(path for path in root.rglob("*") if path.is_dir())]


@pytest.mark.parametrize("name", FILES)
def test_no_stray_file_changes_an_answer(local_store: Store, name: str) -> None:
    fill(local_store)
    before = answers(local_store)
    names = local_store.steps(FLOW, "r"), local_store.tasks(FLOW, "r", "fit")
    for folder in folders(local_store):
        if name != A_NUMBER or folder.name not in ("_run", "fit"):
            (folder / name).write_text("mine")
    assert answers(local_store) == before
    assert (local_store.steps(FLOW, "r"), local_store.tasks(FLOW, "r", "fit")) == names


@pytest.mark.parametrize("name", FOLDERS)
def test_no_stray_folder_changes_an_answer(local_store: Store, name: str) -> None:
    fill(local_store)
    before = answers(local_store)
    for folder in folders(local_store):
        (folder / name).mkdir()
        (folder / name / "mine").write_text("mine")
    assert answers(local_store) == before


@pytest.mark.parametrize("name", [name for name in FILES if "%Z" not in name])
def test_no_stray_object_of_a_bucket_changes_an_answer(s3_store: Store, name: str) -> None:
    fill(s3_store)
    before, backend = answers(s3_store), s3_store._backend
    for folder in ("", FLOW, f"{FLOW}/runs", f"{FLOW}/runs/r", f"{FLOW}/runs/r/fit", f"{FLOW}/runs/r/fit/fit"):
        if name != A_NUMBER:
            backend.put(f"{folder}/{name}".lstrip("/"), b"mine")
    for kind in ("started", "succeeded"):
        backend.put(f"{FLOW}/index/{kind}/{name}", b"mine")
    assert answers(s3_store) == before


def test_an_upper_case_or_needless_encoding_names_nothing(local_store: Store) -> None:
    fill(local_store)
    for name in ("%66it", "fit%2f", "%5Frun2%2E"):
        Path(local_store.root, FLOW, "runs", "r", name, name).mkdir(parents=True)
    assert local_store.steps(FLOW, "r") == ["fit"]
