"""What Airflow knows of a step's parents and the store does not: that they failed for good. Worker."""

from __future__ import annotations

import logging
from itertools import takewhile
from typing import Any

from airflow_provider_flows.decorators.setup import retry_counts
from airflow_provider_flows.errors import InputsMissing
from airflow_provider_flows.identity import task_id
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.task.run import record_caught
from airflow_provider_flows.task.runtime import FlowRuntime
from airflow_provider_flows.task.view import RunView

log = logging.getLogger("airflow_provider_flows")


class CaughtParents:
    """Settles what a parent of `consumer` left, where one of them has @catch: its caught result if it failed for good.

    A task that was killed in its very last try, marked failed by hand, or lost by the scheduler leaves no record; its
    consumer starts all the same (trigger rule `all_done`) and records the caught failure in its place. That rule starts
    it after failures of its other parents, too, whose newest records may be of a time before they were cleared.
    """

    def __init__(self, runtime: FlowRuntime, ti: Any, consumer: str) -> None:
        self._runtime, self._ti, self._consumer = runtime, ti, consumer
        self._starts_anyway = any(map(self._is_caught, runtime.graph[consumer].in_funcs))
        self._view = RunView(runtime.store, runtime.graph, runtime.run_id)
        self._states: dict[str, dict[str, str]] = {}

    def __call__(self, step: str, path: tuple[int, ...]) -> AttemptRecord | None:
        state = self._state(step, path) if self._starts_anyway else "success"
        if state == "success":
            return None
        if state == "failed" and self._is_caught(step):
            record = record_caught(self._runtime, step, path, settle=CaughtParents(self._runtime, self._ti, step))
            log.warning("Caught for %s, which left nothing: %s.", record.address.pathspec, record.reason)
            return record
        raise InputsMissing(
            f"Task {task_id(step, path)!r} is {state or 'not there'} in Airflow, so there is nothing to go on from. "
            "Clear it and what follows."
        )

    def catches(self, task: str) -> bool:
        """Whether a task of Airflow's is a step with @catch."""
        return task in self._view.graph and self._is_caught(task)

    def are_of_one(self, step: str, map_index: int) -> bool:
        """Whether a mapped task of another step has the items of the one at hand, in all foreaches that they share."""
        graph, mine = self._view.graph, self._view.split_path(self._consumer, self._ti.map_index)
        nests = zip(graph[self._consumer].foreach_nest, graph[step].foreach_nest, strict=False)
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], nests)))
        return self._view.split_path(step, map_index)[:shared] == mine[:shared]

    def _is_caught(self, step: str) -> bool:
        _, fallback_retries = retry_counts(self._runtime.step_function(step))
        return bool(fallback_retries)

    def _state(self, step: str, path: tuple[int, ...]) -> str | None:
        if step not in self._states:
            found = self._ti.get_task_states(self._ti.dag_id, task_ids=[step], run_ids=[self._ti.run_id])
            self._states[step] = dict(found.get(self._ti.run_id, {}))
        key = f"{step}_{self._view.map_index(step, path)}" if path else step
        return self._states[step].get(key)
