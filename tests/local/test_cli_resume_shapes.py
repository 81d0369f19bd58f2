"""Invariants of `resume` in every shape of graph, and after every way to fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.laptop import Laptop
from tests.flow.sources import flow

LOOP = """
def start(self):
    self.count = 0
    self.next(self.again)
def again(self):
    self.count += 1
    if self.count == 3: pass
    self.more = self.count < 4
    self.next({True: self.again, False: self.end}, condition="more")
def end(self): print(self.count)
"""
SWITCH = """
def start(self):
    self.kind = "a"
    self.next({"a": self.a, "b": self.b}, condition="kind")
def a(self):
    self.way = "a"
    self.next(self.end)
def b(self):
    self.way = "b"
    self.next(self.end)
def end(self): 1 / 0
"""
NESTED = """
def start(self):
    self.letters = "ab"
    self.next(self.outer, foreach="letters")
def outer(self):
    self.letter = self.input
    self.numbers = [1, 2]
    self.next(self.inner, foreach="numbers")
def inner(self):
    self.pair = f"{self.letter}{self.input}"
    if self.pair == "b2": 1 / 0
    self.next(self.close)
def close(self, inputs):
    self.pairs = [each.pair for each in inputs]
    self.next(self.join)
def join(self, inputs):
    self.pairs = [pair for each in inputs for pair in each.pairs]
    self.next(self.end)
def end(self): pass
"""
BRANCHES = """
def start(self): self.next(self.good, self.caught, self.bad)
def good(self): self.next(self.join)
@catch(var="failure", print_exception=False)
@step
def caught(self):
    1 / 0
    self.next(self.join)
{above}
@step
def bad(self):
    {how}
    self.next(self.join)
def join(self, inputs):
    self.kind = inputs.caught.failure.type
    self.next(self.end)
def end(self): pass
"""


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path)


def test_a_loop_goes_on_with_the_round_that_failed(laptop: Laptop) -> None:
    laptop.write(flow(LOOP.replace("if self.count == 3: pass", "if self.count == 3: 1 / 0"))).run(code=1)
    resumed = laptop.write(flow(LOOP)).run("resume")
    assert resumed.cloned == ["again/again.0", "again/again.1", "start/start"]
    assert resumed.ran == ["again/again.2", "again/again.3", "end/end"]
    assert resumed("end", "count") == 4


def test_a_loop_that_is_named_runs_again_from_its_first_round(laptop: Laptop) -> None:
    laptop.write(flow(LOOP)).run()
    resumed = laptop.run("resume", "again")
    assert resumed.ran == [*(f"again/again.{n}" for n in range(4)), "end/end"]


def test_a_loop_that_shall_stop_earlier_does(laptop: Laptop) -> None:
    laptop.write(flow(LOOP)).run()
    shorter = laptop.write(flow(LOOP.replace("self.count < 4", "self.count < 2"))).run("resume", "again")
    assert shorter.ran == ["again/again.0", "again/again.1", "end/end"]


def test_the_branch_that_was_taken_is_taken_over(laptop: Laptop) -> None:
    laptop.write(flow(SWITCH)).run(code=1)
    resumed = laptop.write(flow(SWITCH.replace("1 / 0", "pass").replace('"a"\n', '"b"\n'))).run("resume")
    assert (resumed.cloned, resumed.ran) == (["a/a", "start/start"], ["end/end"])


def test_a_switch_that_runs_again_may_take_another_branch(laptop: Laptop) -> None:
    laptop.write(flow(SWITCH)).run(code=1)
    other = SWITCH.replace("1 / 0", "pass").replace('self.kind = "a"', 'self.kind = "b"')
    resumed = laptop.write(flow(other)).run("resume", "start")
    assert (resumed.ran, resumed("end", "way")) == (["b/b", "end/end", "start/start"], "b")


def test_a_branch_that_was_not_taken_may_be_named(laptop: Laptop) -> None:
    laptop.write(flow(SWITCH.replace("1 / 0", "pass"))).run()
    resumed = laptop.run("resume", "b")
    assert (len(resumed.cloned), resumed.ran) == (3, [])


def test_a_branch_that_the_flow_has_no_more_is_chosen_anew(laptop: Laptop) -> None:
    laptop.write(flow(SWITCH.replace("1 / 0", "pass"))).run()
    without = SWITCH.replace("1 / 0", "pass").replace('"a": self.a', '"a": self.c').replace("def a(", "def c(")
    assert laptop.write(flow(without)).run("resume").ran == ["c/c", "end/end", "start/start"]


def test_one_item_of_a_foreach_in_a_foreach_runs_again_alone(laptop: Laptop) -> None:
    laptop.write(flow(NESTED)).run("--max-workers", "1", code=1)
    resumed = laptop.write(flow(NESTED.replace("1 / 0", "pass"))).run("resume")
    assert [task for task in resumed.ran if task.startswith("inner")] == ["inner/inner-1-1"]
    assert {"inner/inner-0-0", "inner/inner-0-1", "inner/inner-1-0"} <= set(resumed.cloned)
    assert resumed("end", "pairs") == ["a1", "a2", "b1", "b2"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("above", "how"),
    [
        ("@timeout(seconds=1)", "import time; time.sleep(30)"),
        ("@retry(times=0)", "import os; os.kill(os.getpid(), 9)"),
        ("@retry(times=1)", "import os; os.kill(os.getpid(), 9) if current.retry_count else 1 / 0"),
        ("@retry(times=0)", "self.lost = (each for each in [])"),
        ("@retry(times=0)", "import sys; sys.exit(0)"),
    ],
)
def test_what_died_runs_again_and_what_was_caught_does_not(laptop: Laptop, above: str, how: str) -> None:
    laptop.write(flow(BRANCHES.format(above=above, how=how))).run(code=1)
    resumed = laptop.write(flow(BRANCHES.format(above=above, how="pass"))).run("resume")
    assert resumed.cloned == ["caught/caught", "good/good", "start/start"]
    assert resumed.ran == ["bad/bad", "end/end", "join/join"]
    assert resumed("join", "kind") == "builtins.ZeroDivisionError"


def test_a_value_that_cannot_be_loaded_any_more_does_not_stop_what_does_not_read_it(laptop: Laptop) -> None:
    body = "def start(self):\n    self.old = Old()\n    self.next(self.end)\ndef end(self): 1 / 0"
    laptop.write(flow(body, before="class Old: pass")).run(code=1)
    changed = body.replace("Old()", "None").replace("1 / 0", "pass")
    assert laptop.write(flow(changed)).run("resume").ran == ["end/end"]
