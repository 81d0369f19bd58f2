"""Invariants of `import metaflow` where a flow's code asks late: the name answers for as long as that code may ask."""

from __future__ import annotations

import pytest

from tests.cli.laptop import FLOWS, SCRIPT, Laptop

LATE = """
import atexit, sys, threading
from {package} import FlowSpec, Parameter, step
from airflow_provider_flows.decorators.attach import step_decorator
from airflow_provider_flows.decorators.base import StepDecorator

def asks(where, *_):
    from metaflow import current
    from metaflow.exception import MetaflowException
    print(where, MetaflowException.__name__, file=sys.stderr)
    return where

class Asks(StepDecorator):
    name = "asks"

    def runtime_init(self, *_):
        asks("hook at the beginning")

    def runtime_finished(self, exception):
        asks("hook at the end")

    def task_finished(self, *_):
        asks("hook of the task")

asking = step_decorator(Asks)
atexit.register(asks, "at the exit")
over = threading.Event()
threading.Thread(target=lambda: (over.wait(20), asks("in a thread"))).start()
atexit.register(over.set)
threading._register_atexit(over.set)  # before threads are waited for

class F(FlowSpec):
    where = Parameter("where", default=lambda context: asks("for a default"))

    @asking
    @step
    def start(self):
        asks("in the body")
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    F()
"""


@pytest.mark.parametrize("command", [FLOWS, SCRIPT], ids=["flows", "python"])
def test_a_runs_hooks_threads_and_exits_find_the_name(laptop: Laptop, command: tuple[str, ...]) -> None:
    done = laptop.write(LATE.format(package="airflow_provider_flows"))("run", command=command)
    assert done.code == 0, done
    asked = done.out + done.err
    for where in ("for a default", "hook at the beginning", "in the body", "hook of the task", "hook at the end"):
        assert f"{where} FlowsError" in asked
    assert min(asked.count("at the exit FlowsError"), asked.count("in a thread FlowsError")) >= 3
    assert "Traceback" not in asked and "No module named" not in asked


@pytest.mark.parametrize("arguments", [("check",), ("compile",), ("run", "--help")])
def test_so_does_every_other_command(laptop: Laptop, arguments: tuple[str, ...]) -> None:
    done = laptop.write(LATE.format(package="metaflow"))(*arguments)
    assert done.code == 0, done
    assert "at the exit FlowsError" in done.err and "in a thread FlowsError" in done.err
