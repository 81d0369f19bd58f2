"""Invariants of `show RUN`: how the tasks of a run ended."""

from __future__ import annotations

import pytest

from tests.cli.laptop import Laptop, LocalRun
from tests.flow.sources import flow

BODY = """
def start(self):
    self.divisors = [0, 1, 2]
    self.next(self.divide, foreach="divisors")
@catch(var="failure", print_exception=False)
@step
def divide(self):
    self.result = 10 / self.input
    self.next(self.join)
def join(self, inputs):
    self.next(self.end)
def end(self):
    LAST
"""


def run(laptop: Laptop, last: str, code: int) -> LocalRun:
    return laptop.write(flow(BODY.replace("LAST", last), before="import os")).run(code=code)


def shown(run: LocalRun) -> list[str]:
    said = run.laptop("show", run.id)
    assert said.code == 0, said
    return said.out.replace(run.id, "RUN").splitlines()


def test_what_was_caught_is_told_with_its_task_and_why(laptop: Laptop) -> None:
    assert shown(run(laptop, "pass", 0)) == [
        "F/RUN: successful",
        "  start   1 ok",
        "  divide  2 ok, 1 caught",
        "    divide-0, attempt 0, caught: ZeroDivisionError: division by zero",
        "  join    1 ok",
        "  end     1 ok",
    ]


@pytest.mark.parametrize(
    ("last", "lines"),
    [
        ("raise ValueError('no')", ["  end     1 failed", "    end, attempt 0, failed: ValueError: no"]),
        ("os._exit(3)", ["  end     1 killed or running", "    end, killed or running: `logs` shows what it printed"]),
    ],
)
def test_a_failure_is_told_with_its_reason(laptop: Laptop, last: str, lines: list[str]) -> None:
    said = shown(run(laptop, last, 1))
    assert said[0] == "F/RUN: failed at end"
    assert said[-2:] == lines


def test_a_run_that_is_not_there_is_rejected(laptop: Laptop) -> None:
    assert "F has no run 'x'" in laptop.write(flow(BODY.replace("LAST", "pass"))).rejected("show", "x")
