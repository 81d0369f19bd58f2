"""What a resumed run takes over, where its host knows more of a task than the store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import open_store
from airflow_provider_flows.task.clone import is_cloned
from airflow_provider_flows.task.model import AIRFLOW_MAP_INDEX, AIRFLOW_TASK, Attempt, Origin
from airflow_provider_flows.task.run import run_task
from airflow_provider_flows.task.runtime import FlowRuntime, set_up

from tests.support.runner import write_flow

LOOP = """
from airflow_provider_flows import FlowSpec, step

class F(FlowSpec):
    @step
    def start(self):
        self.round = 0
        self.next(self.loop)

    @step
    def loop(self):
        self.round += 1
        self.more = self.round < 3
        self.next({True: self.loop, False: self.end}, condition="more")

    @step
    def end(self):
        pass
"""
TASKS = [("start", "start"), ("loop", "loop.0"), ("loop", "loop.1"), ("loop", "loop.2"), ("end", "end")]


@pytest.fixture
def origin(tmp_path: Path) -> FlowRuntime:
    runtime = set_up(load_flow(write_flow(tmp_path, LOOP)), open_store(str(tmp_path / "store")), "origin")
    return run_on_airflow(runtime)


def run_on_airflow(runtime: FlowRuntime) -> FlowRuntime:
    for step in runtime.graph.topological:
        run_task(replace(runtime, metadata={AIRFLOW_TASK: step, AIRFLOW_MAP_INDEX: "-1"}), Attempt(step))
    return runtime


@pytest.mark.parametrize(("failed", "taken_over"), [("", 5), ("end", 4), ("loop", 3), ("start", 0)])
def test_what_airflow_calls_failed_is_not_taken_over(origin: FlowRuntime, failed: str, taken_over: int) -> None:
    run_on_airflow(replace(origin, run_id="again", origin=Origin("origin", failed=frozenset({(failed, -1)}))))
    records = [origin.store.read_newest(TaskAddress("F", "again", *task)) for task in TASKS]
    assert [record is not None and is_cloned(record) for record in records] == [True] * taken_over + [False] * (
        5 - taken_over
    )


def test_a_failure_that_the_next_task_recorded_as_caught_is_one_of_airflow(origin: FlowRuntime) -> None:
    address = TaskAddress("F", "origin", "start", "start")
    record = origin.store.read_newest(address)
    assert record is not None
    by_another = replace(record, outcome="caught", metadata={AIRFLOW_TASK: "loop", AIRFLOW_MAP_INDEX: "-1"})
    assert Origin("origin", failed=frozenset({("start", 3)})).is_failed(by_another)
    assert not Origin("origin", failed=frozenset({("loop", -1)})).is_failed(by_another)
