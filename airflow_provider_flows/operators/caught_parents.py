"""What Airflow knows of a step's parents and the store does not: that they failed for good. Worker."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from airflow_provider_flows.decorators.budget import budget_of
from airflow_provider_flows.errors import InputsMissing
from airflow_provider_flows.identity import task_id
from airflow_provider_flows.operators.task_instance import TaskInstance
from airflow_provider_flows.setup.runtime import FlowRuntime
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.task.host import Host
from airflow_provider_flows.task.request import TaskRequest
from airflow_provider_flows.task.run_task import run_task
from airflow_provider_flows.task.view import RunView

log = logging.getLogger("airflow_provider_flows")


class CaughtParents(Host):
    """What the parents of `consumer` left, where one of them has @catch: its caught result if it failed for good.

    A task that was killed in its very last try, marked failed by hand, or lost by the scheduler leaves no record; its
    consumer starts all the same (trigger rule `all_done`) and records the caught failure in its place, with its own
    `metadata`. That rule starts it after failures of its other parents, too, whose newest records may be of a time
    before they were cleared.
    """

    def __init__(self, runtime: FlowRuntime, task: TaskInstance, consumer: str, metadata: Mapping[str, str]) -> None:
        self._runtime, self._task, self._consumer, self._metadata = runtime, task, consumer, metadata
        self._starts_anyway = any(map(self._is_caught, runtime.graph[consumer].in_funcs))
        self._view = RunView(runtime.store, runtime.graph, runtime.run_id)
        self._states: dict[str, dict[int, str]] = {}

    def resolve_parent(self, step: str, path: tuple[int, ...]) -> AttemptRecord | None:
        state = self._state(step, path) if self._starts_anyway else "success"
        if state == "success":
            return None
        if state == "failed" and self._is_caught(step):
            record = self._record_caught(step, path)
            log.warning("Caught for %s, which left nothing: %s.", record.address.pathspec, record.reason)
            return record
        raise InputsMissing(
            f"Task {task_id(step, path)!r} is {state or 'not there'} in Airflow, so it left no result. "
            "Clear it and its downstream tasks."
        )

    def _record_caught(self, step: str, path: tuple[int, ...]) -> AttemptRecord:
        """Record what a caught step leaves when it failed for good without leaving it itself; no user code runs.

        InputsMissing when the step never got as far as having inputs.
        """
        budget = budget_of(self._runtime.step(step))
        request = TaskRequest(step, path, retry_count=budget.user + 1, budget=budget, metadata=self._metadata)
        outcome = run_task(self._runtime, request, CaughtParents(self._runtime, self._task, step, self._metadata))
        if outcome is None or not outcome.ok:
            raise InputsMissing(f"The failure of step {step!r} could not be caught: {outcome and outcome.exception}")
        return outcome.record

    def catches(self, task: str) -> bool:
        """Whether a task of Airflow's is a step with @catch."""
        return task in self._view.graph and self._is_caught(task)

    def with_our_items(self, step: str, indices: Iterable[int]) -> set[int]:
        """Return those map indices of another step that have the items of the task at hand."""
        return self._view.placement.with_the_items_of(self._consumer, self._task.map_index, step, indices)

    def _is_caught(self, step: str) -> bool:
        return budget_of(self._runtime.step(step)).fallback > 0

    def _state(self, step: str, path: tuple[int, ...]) -> str | None:
        if step not in self._states:
            self._states[step] = self._task.states_of(step)
        return self._states[step].get(self._view.placement.map_index(step, path))
