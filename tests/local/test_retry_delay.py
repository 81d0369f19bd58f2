"""Invariants of `--honor-retry-delay`: retries wait as @retry says, and nothing else waits with them."""

from __future__ import annotations

from collections.abc import Callable

from tests.local.conftest import Finished

Run = Callable[..., Finished]
DIES = "self.input or os._exit(1)"

FLOW = """
import os, time
from airflow_provider_flows import FlowSpec, catch, current, retry, step

class Delayed(FlowSpec):
    @step
    def start(self):
        self.numbers = [0, 1, 2]
        self.next(self.work, foreach="numbers")

    @catch(var="failure", print_exception=False)
    @retry(times=1, minutes_between_retries=DELAY)
    @step
    def work(self):
        self.began = time.time()
        if self.input == 0:
            with open(current.run_id, "a") as stream:
                stream.write(f"{self.began}\\n")
        assert self.input
        time.sleep(0.1)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.began = [getattr(each, 'began', 0) for each in inputs]
        self.tries = [float(line) for line in open(current.run_id)]
        self.ended = time.time()
        self.next(self.end)

    @step
    def end(self):
        pass
"""


def test_a_retry_waits_and_other_tasks_go_on_meanwhile(flows: Run) -> None:
    done = flows(FLOW.replace("DELAY", "0.02"), "--honor-retry-delay", "--max-workers", "1")
    first, second = done("join", "tries")
    assert 1.2 <= second - first < 3
    assert max(done("join", "began")[1:]) < second


def test_the_fallback_of_catch_does_not_wait(flows: Run) -> None:
    done = flows(FLOW.replace("DELAY", "0.02").replace("assert self.input", DIES), "--honor-retry-delay")
    assert done.code == 0, done.output
    assert done("join", "ended") - done("join", "tries")[1] < 1


def test_without_it_retries_start_at_once(flows: Run) -> None:
    first, second = flows(FLOW.replace("DELAY", "2"))("join", "tries")
    assert second - first < 2
