"""Invariants of `dump`: artifacts of a task, or of all tasks of a step."""

from __future__ import annotations

import pickle

import pytest

from tests.cli.laptop import Laptop, LocalRun
from tests.flow.sources import flow

BODY = """
def start(self):
    self._own, self.big, self.items = 1, "x" * 2000, [30, 40]
    self.next(self.body, foreach="items")
@retry(times=1)
@step
def body(self):
    assert current.retry_count
    self.value = self.input
    self.next(self.join)
def join(self, inputs):
    self.of_flow = Mine()
    self.next(self.end)
def end(self): 1 / 0
"""
MINE = """
class Mine:
    def __str__(self): return "mine"
"""


@pytest.fixture
def run(laptop: Laptop) -> LocalRun:
    return laptop.write(flow(BODY, before=MINE)).run(code=1)


def test_each_artifact_is_a_line_with_its_size_type_and_value(run: LocalRun) -> None:
    said = run.laptop("dump", f"{run.id}/start")
    assert said.out.splitlines() == [
        "big [size: 2018 type: <class 'str'>] = < larger than --max-value-size >",
        "items [size: 20 type: <class 'list'>] = [30, 40]",
        "name [size: 16 type: <class 'str'>] = F",
    ]
    assert said.words == f"{run.id}/start/start (attempt 0, ok):"


def test_what_is_shown_can_be_chosen(run: LocalRun) -> None:
    dump = ("dump", f"F/{run.id}/start/start", "--quiet")
    assert run.laptop(*dump, "--include", "name,items", "--max-value-size", "0").out.splitlines() == [
        "items [size: 20 type: <class 'list'>]",
        "name [size: 16 type: <class 'str'>]",
    ]
    assert "_own [size: 5 type: <class 'int'>] = 1\n" in run.laptop(*dump, "--private").out
    assert "xxx" in run.laptop(*dump, "--max-value-size", "9999").out
    assert run.laptop(*dump, "--include", "nothing").out == ""


def test_all_tasks_of_a_step_come_in_order_as_their_newest_attempts_left_them(run: LocalRun) -> None:
    said = run.laptop("dump", f"{run.id}/body", "--include", "value")
    assert said.out.splitlines() == [f"value [size: 5 type: <class 'int'>] = {value}" for value in (30, 40)]
    assert said.words == " ".join(f"{run.id}/body/body-{index} (attempt 1, ok):" for index in (0, 1))


def test_what_a_failed_task_left_is_shown(run: LocalRun) -> None:
    assert run.laptop("dump", f"{run.id}/end").words.endswith("(attempt 0, failed):")


def test_values_of_the_flows_own_classes_are_shown_and_lost_ones_named(run: LocalRun) -> None:
    dump = ("dump", f"{run.id}/join", "--include", "of_flow,name")
    assert run.laptop(*dump).out.endswith("= mine\n")
    run.laptop.write(flow(BODY))
    name, lost = run.laptop(*dump).out.splitlines()
    assert name.endswith("= F") and "< not shown: AttributeError: " in lost
    assert "artifact 'of_flow' cannot be loaded: AttributeError" in run.laptop.rejected(*dump, "--file", "out")


def test_a_file_holds_values_of_any_size_by_task_and_name(run: LocalRun) -> None:
    said = run.laptop("dump", f"{run.id}/start", "--file", "out.pickle")
    assert (said.code, said.out) == (0, "")
    with (run.laptop.folder / "out.pickle").open("rb") as stream:
        assert pickle.load(stream) == {f"{run.id}/start/start": {"big": "x" * 2000, "items": [30, 40], "name": "F"}}
    assert "--file no/file: there is no folder" in run.laptop.rejected("dump", f"{run.id}/start", "--file", "no/file")


def test_a_broken_graph_does_not_hide_what_a_run_left(run: LocalRun) -> None:
    run.laptop.write(flow(BODY.replace("self.next(self.end)", "pass")))
    assert run.laptop("check").code == 2
    assert run.laptop("dump", f"{run.id}/start", "--include", "name").out.endswith("= F\n")
