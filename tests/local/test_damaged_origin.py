"""What is damaged in a run is healed by a run that goes on from it and runs the step again that left it."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows.store import open_store

from tests.cli.laptop import Laptop, LocalRun
from tests.flow.sources import flow

SOURCE = flow(
    """
    scale = Parameter("scale", default=1)
    notes = IncludeFile("notes", required=False)
    def start(self):
        self.seen = (self.scale, len(self.notes or ""))
        self.next(self.work, num_parallel=2)
    @parallel
    @step
    def work(self):
        self.next(self.join)
    def join(self, inputs):
        self.merge_artifacts(inputs)
        self.next(self.end)
    def end(self):
        self.again = (self.scale, len(self.notes or ""))
    """
)


@pytest.fixture
def origin(tmp_path: Path) -> LocalRun:
    (tmp_path / "notes.txt").write_text("0123456789" * 10_000)
    return Laptop(tmp_path).write(SOURCE).run("--scale", "3", "--notes", "notes.txt")


def store(run: LocalRun) -> Path:
    return run.laptop.folder / "store" / "F"


def damage(file: Path, how: str) -> None:
    data = file.read_bytes()
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes({"empty": b"", "short": data[:-1], "flipped": data[:-1] + bytes([data[-1] ^ 1])}[how])


@pytest.mark.parametrize("how", ["empty", "short", "flipped", "gone"])
def test_a_damaged_start_is_healed_by_resume_start(origin: LocalRun, how: str) -> None:
    record = store(origin) / "runs" / origin.id / "start" / "start" / "0"
    damage(record, how)
    if how != "gone":
        said = origin.laptop("resume")
        assert said.code != 0 and str(record) in said.words
    healed = origin.laptop.run("resume", "start", "--origin-run-id", origin.id)
    assert healed("start", "seen") == healed("end", "again") == (3, 100_000)


@pytest.mark.parametrize("how", ["empty", "short", "flipped", "gone"])
def test_a_damaged_parameter_is_healed_by_resume_start(origin: LocalRun, how: str) -> None:
    (blob,) = (file for file in (store(origin) / "blobs").rglob("*") if file.is_file())
    damage(blob, how)
    healed = origin.laptop.run("resume", "start", "--origin-run-id", origin.id)
    assert healed("start", "seen") == healed("end", "again") == (3, 100_000)
    assert len(origin("start", "notes")) == 100_000, "the content is the same, so the origin is healed as well"


def test_a_damaged_record_of_a_parallel_group_is_healed_by_running_the_group_again(origin: LocalRun) -> None:
    damage(store(origin) / "runs" / origin.id / "work" / "work-1" / "0", "short")
    healed = origin.laptop.run("resume", "work", "--origin-run-id", origin.id)
    assert healed.cloned == ["start/start"] and healed("end", "again") == (3, 100_000)


def test_with_a_key_what_is_not_signed_is_no_parameter_either(origin: LocalRun) -> None:
    record = store(origin) / "runs" / origin.id / "start" / "start" / "0"
    key = {"FLOWS_SIGNING_KEY": "secret"}
    signed = origin.laptop.run("--scale", "5", **key)
    record = store(origin) / "runs" / signed.id / "start" / "start" / "0"
    forged = open_store(str(store(origin).parent))
    data = record.read_bytes()
    record.write_bytes(data[:48] + bytes(32) + data[80:])
    assert forged.read_run("F", signed.id)
    said = origin.laptop("resume", "start", "--origin-run-id", signed.id, "--run-id-file", "healed", **key)
    assert said.code == 0 and "is not signed" in said.out + said.err
    healed = open_store(str(store(origin).parent), signing_key="secret")
    run = (origin.laptop.folder / "healed").read_text()
    (one,) = healed.read_step("F", run, "start").values()
    assert healed.load("F", one.artifacts["scale"]) == 5
