"""What a resumed run takes over, where its host knows more of a task than the store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.setup.origin import Origin
from airflow_provider_flows.setup.runtime import FlowRuntime
from airflow_provider_flows.task.clone import is_failed
from airflow_provider_flows.task.host import Host
from airflow_provider_flows.task.metadata import AIRFLOW_MAP_INDEX, AIRFLOW_TASK, is_cloned
from airflow_provider_flows.task.request import TaskRequest
from airflow_provider_flows.task.run_task import run_task

from tests.support.runner import runtime_of, write_flow

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
    return run_on_airflow(runtime_of(write_flow(tmp_path, LOOP), tmp_path / "store", "origin"))


def run_on_airflow(runtime: FlowRuntime) -> FlowRuntime:
    for step in runtime.graph.topological:
        run_task(runtime, TaskRequest(step, metadata={AIRFLOW_TASK: step, AIRFLOW_MAP_INDEX: "-1"}), Host())
    return runtime


@pytest.mark.parametrize(("failed", "taken_over"), [("", 5), ("end", 4), ("loop", 3), ("start", 0)])
def test_what_airflow_calls_failed_is_not_taken_over(origin: FlowRuntime, failed: str, taken_over: int) -> None:
    setup = replace(origin.setup, run_id="again", origin=Origin("origin", failed=frozenset({(failed, -1)})))
    run_on_airflow(replace(origin, setup=setup))
    records = [origin.store.read_newest(TaskAddress("F", "again", *task)) for task in TASKS]
    assert [record is not None and is_cloned(record) for record in records] == [True] * taken_over + [False] * (
        5 - taken_over
    )


def test_a_failure_that_the_next_task_recorded_as_caught_is_one_of_airflow(origin: FlowRuntime) -> None:
    address = TaskAddress("F", "origin", "start", "start")
    record = origin.store.read_newest(address)
    assert record is not None
    by_another = replace(record, outcome="caught", metadata={AIRFLOW_TASK: "loop", AIRFLOW_MAP_INDEX: "-1"})
    assert is_failed(by_another, Origin("origin", failed=frozenset({("start", 3)})))
    assert not is_failed(by_another, Origin("origin", failed=frozenset({("loop", -1)})))
