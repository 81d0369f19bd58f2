"""Invariants of `logs`: what attempts printed."""

from __future__ import annotations

import re

import pytest

from tests.cli.laptop import Laptop, LocalRun
from tests.flow.sources import flow

BODY = """
def start(self):
    print("one"); print("first", file=sys.stderr); print("two")
    self.items = range(2)
    self.next(self.body, foreach="items")
@catch(print_exception=False)
@retry(times=1)
@step
def body(self):
    print(f"item {self.input}, try {current.retry_count}")
    if self.input: os.kill(os.getpid(), 9)
    self.next(self.join)
def join(self, inputs):
    print("dies")
    os.kill(os.getpid(), 9)
    self.next(self.end)
def end(self): pass
"""


@pytest.fixture
def run(laptop: Laptop) -> LocalRun:
    return laptop.write(flow(BODY, before="import os, sys")).run(code=1)


def test_lines_are_on_stdout_and_where_they_come_from_on_stderr(run: LocalRun) -> None:
    said = run.laptop("logs", f"{run.id}/start")
    assert said.out.splitlines() == ["one", "two", "first"]
    place = f"{run.id}/start/start (attempt 0)"
    assert said.err.splitlines() == [f"{place}, stdout:", f"{place}, stderr:"]
    assert run.laptop("logs", "show", f"F/{run.id}/start/start", "--quiet") == type(said)(0, said.out, "")


def test_one_stream_and_the_time_of_each_line_can_be_asked_for(run: LocalRun) -> None:
    start = f"{run.id}/start"
    assert run.laptop("logs", "--stdout", start).out == "one\ntwo\n"
    assert run.laptop("logs", "--stderr", start).out == "first\n"
    assert run.laptop("logs", "--both", start).out == "one\ntwo\nfirst\n"
    timed = run.laptop("logs", "--timestamps", "--stderr", start).out
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} first\n", timed)


def test_a_steps_tasks_come_in_order_each_with_its_newest_attempt(run: LocalRun) -> None:
    assert run.laptop("logs", f"{run.id}/body", "--stdout").out.splitlines()[0] == "item 0, try 0"
    heads = run.laptop("logs", f"{run.id}/body", "--stdout").err.splitlines()
    assert heads == [f"{run.id}/body/body-0 (attempt 0), stdout:", f"{run.id}/body/body-1 (attempt 2), stdout:"]


def test_an_earlier_attempt_can_be_asked_for(run: LocalRun) -> None:
    assert run.laptop("logs", f"{run.id}/body/body-1", "--stdout", "--attempt", "1").out == "item 1, try 1\n"
    assert "has an attempt 9" in run.laptop.rejected("logs", f"{run.id}/body", "--attempt", "9")


def test_a_task_that_was_killed_is_shown_by_its_log_alone(run: LocalRun) -> None:
    said = run.laptop("logs", f"{run.id}/join")
    assert said.out.splitlines()[0] == "dies" and "SIGKILL" in said.out
    assert "has stored artifacts" in run.laptop.rejected("dump", f"{run.id}/join")


def test_a_task_that_was_taken_over_shows_what_the_original_printed(run: LocalRun) -> None:
    resumed = run.laptop.run("resume", code=1)
    assert run.laptop("logs", f"{resumed.id}/start").out == "one\ntwo\nfirst\n"
