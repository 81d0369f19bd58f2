"""The client reads what it is asked for and no more, however much there is."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from airflow_provider_flows.client import Flow, Run, Step, Task


class Calls:
    """What was asked of the store's folder: how often, and how many names and objects came back."""

    def __init__(self) -> None:
        self.made: Counter[str] = Counter()
        self.names = 0

    @property
    def total(self) -> int:
        return self.made.total()


@pytest.fixture
def calls(store, monkeypatch):
    """Return a function that counts the calls of a block, of whichever store it uses."""
    backend = type(store._backend)
    counting: list[Calls] = []

    def wrap(name, method):
        def counted(self, key):
            result = method(self, key)
            result = list(result) if name == "walk" else result
            for one in counting:
                one.made[name] += 1
                one.names += 1 if name == "read" else len(result)
            return result

        return counted

    for name in ("read", "children", "walk"):
        monkeypatch.setattr(backend, name, wrap(name, getattr(backend, name)))

    def count(function) -> Calls:
        counting.append(Calls())
        function()
        return counting.pop()

    return count


@pytest.fixture
def one_an_hour(monkeypatch) -> None:
    """Runs start and succeed an hour apart."""
    clock = itertools.count(1_700_000_000, 3600)
    monkeypatch.setattr("time.time_ns", lambda: next(clock) * 10**9)


def test_the_latest_successful_run_of_many_costs_what_that_of_few_costs(write, calls, one_an_hour) -> None:
    def latest():
        return calls(lambda: Flow("TrainFlow").latest_successful_run.id)

    for number in range(20):
        write(str(number)).succeed()
    few = latest()
    for number in range(20, 500):
        write(str(number)).succeed()
    many = latest()
    assert Flow("TrainFlow").latest_successful_run.id == "499"
    assert many.made == few.made and many.made["walk"] == 0
    assert many.made["children"] < 20, "three ways down an index of five levels, and some folders of one run"
    assert many.names < 300, "the names in one folder for each level, not those of all runs"


def test_reading_all_tasks_of_a_step_costs_so_much_a_task(write, calls) -> None:
    def read(run: str) -> Calls:
        return calls(lambda: [(task.finished, task.data.x, task.stdout) for task in Step(f"TrainFlow/{run}/fit")])

    for count in (10, 100):
        write(str(count)).foreach(count)
    few, many = read("10"), read("100")
    assert many.total - few.total <= 90 * 5 and many.names - few.names <= 90 * 10


@pytest.mark.parametrize("kin", ["parent_tasks", "child_tasks"])
def test_the_kin_of_all_tasks_costs_so_many_reads_a_task(write, calls, kin) -> None:
    def read(run: str) -> Calls:
        return calls(lambda: [list(getattr(task, kin)) for task in Step(f"TrainFlow/{run}/fit")])

    for count in (10, 100):
        writer = write(str(count))
        start = writer("start", to=("fit",), num_splits=count)
        fits = [writer("fit", f"fit-{n}", [start], to=("score",)) for n in range(count)]
        for n, fit in enumerate(fits):
            writer("score", f"score-{n}", [fit])
    few, many = read("10"), read("100")
    assert many.made["read"] - few.made["read"] <= 90 * 4


def test_a_wide_joins_parents_are_read_together(write, calls) -> None:
    write("1").foreach(50)
    found = calls(lambda: list(Task("TrainFlow/1/join/join").parent_tasks))
    assert found.made["walk"] == 1 and found.made["read"] <= 60


def test_names_of_children_are_found_without_reading_the_others(write, calls) -> None:
    write("1").foreach(50)
    assert calls(lambda: Run("TrainFlow/1")["fit"]["fit-7"].data.x).made["read"] <= 4
