"""A process that a flow forks is no second process of an attempt, however it leaves the flow's code."""

from __future__ import annotations

import pytest

from tests.cli.laptop import Laptop, LocalRun

FORKS = """
import multiprocessing
import os
import sys

from airflow_provider_flows import FlowSpec, catch, retry, step, user_step_decorator

WAYS = {
    "return": lambda self: 0,
    "next": lambda self: self.next(self.join),
    "raise": lambda self: [][1],
    "exit": lambda self: sys.exit(),
    "exit 3": lambda self: sys.exit(3),
    "exit text": lambda self: sys.exit("the last words of a child"),
    "interrupt": lambda self: next(interrupted()),
    "os._exit": lambda self: os._exit(4),
}


def interrupted():
    raise KeyboardInterrupt
    yield


@user_step_decorator
def around(step_name, flow, inputs=None, attributes=None):
    yield
    with open("around", "a") as file:
        file.write(flow.input + "\\n")


class F(FlowSpec):
    @step
    def start(self):
        self.ways = list(WAYS)
        self.next(self.fork, foreach="ways")

    @around
    @catch(var="caught")
    @retry(times=1)
    @step
    def fork(self):
        child = os.fork()
        if child == 0:
            self.who = "child"
            print("a child says", self.input)
            WAYS[self.input](self)
            return
        self.who, self.left = "parent", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        self.next(self.join)

    @step
    def join(self, inputs):
        self.left = {each.input: each.left for each in inputs}
        with multiprocessing.get_context("fork").Pool(2) as pool:
            self.squares = pool.map(square, range(3))
        self.next(self.end)

    @step
    def end(self):
        pass


def square(number):
    return number**2
"""
STATUS = {
    "return": 0, "next": 0, "raise": 1, "exit": 0, "exit 3": 3, "exit text": 1, "interrupt": 1, "os._exit": 4,
}  # fmt: skip


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> LocalRun:
    return Laptop(tmp_path_factory.mktemp("forks")).write(FORKS).run()


def test_only_the_process_that_began_an_attempt_ends_it(forks: LocalRun) -> None:
    tasks = list(forks.run["fork"])
    assert len(tasks) == len(STATUS)
    assert all((task.current_attempt, task["who"].data, task.successful) == (0, "parent", True) for task in tasks)


def test_a_forked_process_calls_no_hooks(forks: LocalRun) -> None:
    assert sorted((forks.laptop.folder / "around").read_text().splitlines()) == sorted(STATUS)


def test_a_forked_process_ends_as_python_does(forks: LocalRun) -> None:
    assert forks("join", "left") == STATUS and forks("join", "squares") == [0, 1, 4]
    said = "".join(task.stdout + task.stderr for task in forks.run["fork"])
    assert all(f"a child says {way}\n" in said for way in STATUS if way != "os._exit")
    assert "the last words of a child\n" in said
    assert f'Traceback (most recent call last):\n  File "{forks.laptop.file}", line ' in said
    assert "IndexError: list index out of range\n" in said


def test_what_a_flow_forks_while_it_is_imported_runs_no_step(forks: LocalRun) -> None:
    child = "child = os.fork()\nif child:\n    os.waitpid(child, 0)\n"
    again = forks.laptop.write(FORKS.replace("WAYS = {", f"{child}WAYS = {{")).run()
    assert {task.current_attempt for task in again.run["fork"]} == {0}
    assert len(again.ran) == 3 + len(STATUS)
