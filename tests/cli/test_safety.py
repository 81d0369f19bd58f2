"""Somebody who can write to the store, and has no key, tries to have code of theirs run, or their text believed."""

from __future__ import annotations

import os
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import LogLine, open_store
from airflow_provider_flows.store.root import signing_key

from tests.cli.laptop import Laptop, LocalRun
from tests.flow.sources import two_steps


class Bomb:
    """Makes a file when it is loaded."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return open, (str(self.file), "w")


@pytest.fixture
def victim(laptop: Laptop) -> LocalRun:
    """A run of somebody who has a key, in a configuration file that was written by hand."""
    home = laptop.folder / "airflow"
    home.mkdir()
    (home / "airflow.cfg").write_text("# mine\n[core]\n  x = 1\n\n[flows]\t; our own\n\nsigning_key : secret\n")
    return laptop.write(two_steps("self.x = 1; print('said')")).run(AIRFLOW_HOME=str(home))


def home(run: LocalRun) -> str:
    return str(run.laptop.folder / "airflow")


def forge(run: LocalRun, value: object) -> None:
    """Put a record in place of that of `start`, without a key."""
    assert signing_key() is None
    store = open_store(str(run.laptop.folder / "store"))
    address = TaskAddress("F", run.id, "start", "start")
    record = store.read_newest(address)
    assert record is not None and pickle.dumps(value)
    path = Path(store.step_url("F", run.id, "start"), "start", str(record.attempt))
    os.unlink(path)
    store.commit(replace(record, artifacts={**record.artifacts, **store.save("F", {"x": value})}))


@pytest.mark.parametrize("command", [["dump", "{}/start"], ["resume", "end", "--origin-run-id", "{}"]], ids=" ".join)
def test_a_forged_pickle_is_never_loaded(victim: LocalRun, tmp_path: Path, command: list[str]) -> None:
    words = [word.format(victim.id) for word in command]
    assert victim.laptop(*words, AIRFLOW_HOME=home(victim)).code == 0
    forge(victim, Bomb(tmp_path / "boom"))
    said = victim.laptop(*words, AIRFLOW_HOME=home(victim))
    assert said.code != 0 and "is not signed" in said.words
    assert not (tmp_path / "boom").exists()


def test_the_forgery_is_one(victim: LocalRun, tmp_path: Path) -> None:
    forge(victim, Bomb(tmp_path / "boom"))
    victim.laptop("dump", f"{victim.id}/start")
    assert (tmp_path / "boom").exists()


def logs(run: LocalRun, *words: str) -> list[str]:
    said = run.laptop("logs", f"{run.id}/start", *words, AIRFLOW_HOME=home(run))
    assert said.code == 0, said
    return said.out.splitlines()


def test_a_signed_log_is_shown_as_it_was_printed(victim: LocalRun) -> None:
    assert logs(victim) == ["said"]


def test_a_forged_log_is_shown_as_such_and_a_later_one_hides_nothing(victim: LocalRun) -> None:
    store, address = open_store(str(victim.laptop.folder / "store")), TaskAddress("F", victim.id, "start", "start")
    forged = [LogLine(1.0, "stdout", "all is well")]
    store.write_log(address, 5, forged)
    assert logs(victim) == ["said"]
    store.write_log(address, 0, forged)
    first, second = logs(victim, "--stdout")
    assert first.startswith("[This log is not signed with the key of this store") and second == "all is well"


@pytest.mark.parametrize("key", ["", " "])
def test_without_the_key_that_was_meant_no_command_does_anything(victim: LocalRun, key: str) -> None:
    for command in (
        ["run"],
        ["resume"],
        ["dump", f"{victim.id}/start"],
        ["logs", f"{victim.id}/start"],
        ["tag", "list"],
    ):
        said = victim.laptop(*command, AIRFLOW_HOME=home(victim), FLOWS_SIGNING_KEY=key)
        assert (said.code, said.out) == (2, "") and "FLOWS_SIGNING_KEY is set, and empty" in said.words
