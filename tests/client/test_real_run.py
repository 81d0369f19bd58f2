"""The client reads what the life cycle of an attempt leaves: nothing here is written by hand but the run's record."""

from __future__ import annotations

from pathlib import Path

from airflow_provider_flows.client import Run
from airflow_provider_flows.task.host import Host
from airflow_provider_flows.task.request import TaskRequest
from airflow_provider_flows.task.run_task import run_task

from tests.support.runner import runtime_of

SOURCE = """
from airflow_provider_flows import FlowSpec, catch, current, step


class RealFlow(FlowSpec):
    @step
    def start(self):
        self.items = [5, 6]
        self.next(self.body, foreach="items")

    @catch(var="error")
    @step
    def body(self):
        self.x = 10 // (self.input - 5)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.errors, self.n = [bool(one.error) for one in inputs], 0
        self.next(self.loop)

    @step
    def loop(self):
        self.n += 1
        self.more = "yes" if self.n < 3 else "no"
        self.next({"yes": self.loop, "no": self.end}, condition="more")

    @step
    def end(self):
        self.before = [one.id for one in current.run]
        self.run_finished = current.run.finished
"""
TASKS = [("start", ()), ("body", (0,)), ("body", (1,)), ("join", ()), ("loop", ()), ("end", ())]


def test_a_run_of_the_life_cycle_is_read_back(store, tmp_path: Path) -> None:
    (tmp_path / "real_flow.py").write_text(SOURCE)
    runtime = runtime_of(tmp_path / "real_flow.py", store.root, "manual__2026-01-01T00:00:00+00:00")
    store.write_run(runtime.name, runtime.run_id, {"graph": runtime.graph_info(), "system_tags": ["production:x"]})
    for step, path in TASKS:
        run_task(runtime, TaskRequest(step, path), Host())

    run = Run(f"RealFlow/{runtime.run_id}")
    assert run.successful and run.data.errors == [True, False]
    assert run.data.before == ["loop", "join", "body", "start"] and run.data.run_finished is False
    caught, fine = run["body"]["body-0"], run["body"]["body-1"]
    assert (caught.successful, caught.finished, caught.exception) == (False, True, None)
    assert caught.data.error.type == "builtins.ZeroDivisionError" and fine.data.x == 10
    assert [task.data.n for task in run["loop"]] == [3, 2, 1]
    assert [task.id for task in run["loop"]["loop.1"].parent_tasks] == ["loop.0"]
    assert [step.id for step in run["loop"].parent_steps] == ["join"]
