"""Times what ten decorators on a step add to a task: their set-up, and their hooks around the step. Prints CPU time.

    PYTHONPATH=. python tests/benchmarks/bench_lifecycle.py

A task is what a worker does after the flow's file is loaded: `set_up` and `run_task`, on a local store. Figures are the
least of `--rounds` rounds, in CPU milliseconds.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.setup.flow_setup import FlowSetup
from airflow_provider_flows.setup.runtime import set_up
from airflow_provider_flows.store import open_store
from airflow_provider_flows.task.host import Host
from airflow_provider_flows.task.request import TaskRequest
from airflow_provider_flows.task.run_task import run_task

ROUNDS = 40

DECORATORS = """
import airflow_provider_flows as flows
from airflow_provider_flows.decorators.attach import step_decorator

class Legacy(flows.StepDecorator):
    name = "legacy"
    def task_pre_step(self, *a): pass
    def task_decorate(self, step_func, *a): return step_func
    def task_post_step(self, *a): pass

class Ctx(flows.StepDecorator):
    name = "ctx"
    def step_init_ctx(self, step_name): self.system_ctx.publish(step_name, "ctx", "key", 1)
    def task_pre_step_ctx(self, step_name): self.seen = self.system_ctx.task_id
    def task_decorate_ctx(self, step_name, step_func): return step_func
    def task_step_completed_ctx(self, step_name, exception=None): pass
    def task_finished_ctx(self, step_name, is_task_ok): pass

legacy, ctx = step_decorator(Legacy), step_decorator(Ctx)

@flows.user_step_decorator
def inner(step_name, flow, inputs=None, attributes=None):
    yield

@flows.user_step_decorator
def outer(step_name, flow, inputs=None, attributes=None):
    try:
        yield
    finally:
        pass

class Whole(flows.UserStepDecorator):
    def init(self, a): self.a = a
"""
TEN = """
    @flows.retry(times=1)
    @flows.catch(var="failure")
    @flows.timeout(seconds=60)
    @flows.environment(vars={"A": "1"})
    @flows.resources(cpu=2)
    @legacy
    @ctx
    @outer
    @Whole(a=1)
    @inner"""
FLOW = """{before}
class BenchFlow(flows.FlowSpec):{above}
    @flows.step
    def start(self):
        self.x = 1
        self.next(self.end)

    @flows.step
    def end(self):
        pass
"""


def added_cpu(rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the CPU seconds of a task without decorators, and what ten of them add."""
    bare, decorated = (_Task(above) for above in ("", TEN))
    times = [(bare.run(), decorated.run()) for _ in range(rounds)]
    least = min(first for first, _ in times)
    return least, min(second for _, second in times) - least


class _Task:
    """The first task of a flow with these decorators, which can be run again and again."""

    def __init__(self, above: str) -> None:
        self._temporary = tempfile.TemporaryDirectory()
        self._folder = Path(self._temporary.name)
        file = self._folder / f"bench_flow_{len(above)}.py"
        file.write_text(FLOW.format(before=DECORATORS, above=above))
        self._file, self._runs = file, 0

    def run(self) -> float:
        loaded, store = load_flow(self._file), open_store(str(self._folder / "store"))
        self._runs += 1
        setup = FlowSetup(self._file, loaded.flow_class.__name__, store.root, f"run{self._runs}")
        began = time.process_time()
        outcome = run_task(set_up(setup, loaded=loaded, store=store), TaskRequest("start"), Host())
        taken = time.process_time() - began
        assert outcome is not None and outcome.ok
        return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    bare, added = added_cpu(parser.parse_args().rounds)
    print(f"a task without decorators: {1000 * bare:.2f} ms; ten decorators add {1000 * added:.2f} ms")


if __name__ == "__main__":
    main()
