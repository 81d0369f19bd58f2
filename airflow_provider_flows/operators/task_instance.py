"""The task at hand, as Airflow describes it, and what Airflow answers about others: the only reader of `ti`. Worker."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from airflow_provider_flows.task.placement import NOT_MAPPED


@dataclass(frozen=True)
class TaskInstance:
    """One try of a task in a DAG run. `map_index` is NOT_MAPPED outside of mapped groups.

    `bundle_version` is that of the DAG bundle that Airflow runs the task from; None where the bundle has no versions.
    """

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    try_number: int
    max_tries: int
    hostname: str | None = None
    bundle_version: str | None = None
    _airflow_s: Any = field(default=None, repr=False, compare=False)

    def states_of(self, task: str, dag_id: str | None = None, run_id: str | None = None) -> dict[int, str]:
        """Return the states of an Airflow task by map index: in the run at hand, or in the one that is named.

        Airflow answers by `fit` or `fit_3`, so it is asked for one task at a time: `fit_3` may be another task's id.
        """
        dag, run = dag_id or self.dag_id, run_id or self.run_id
        found = self._airflow_s.get_task_states(dag, task_ids=[task], run_ids=[run]).get(run, {})
        return {
            NOT_MAPPED if match[1] is None else int(match[1]): str(state)
            for name, state in found.items()
            if state is not None and (match := re.fullmatch(rf"{re.escape(task)}(?:_(\d+))?", name))
        }

    def count_of(self, task: str) -> int:
        """Return how many instances a task has in the run at hand, whatever their states; 1 before it is expanded."""
        return int(self._airflow_s.get_ti_count(self.dag_id, task_ids=[task], run_ids=[self.run_id]))


def task_instance(context: Mapping[str, Any]) -> TaskInstance:
    """Return what Airflow's context says of the task at hand."""
    ti = context["ti"]
    version = getattr(getattr(ti, "bundle_instance", None), "version", None)
    return TaskInstance(
        dag_id=ti.dag_id,
        run_id=ti.run_id,
        task_id=ti.task_id,
        map_index=ti.map_index,
        try_number=ti.try_number,
        max_tries=ti.max_tries,
        hostname=getattr(ti, "hostname", None),
        bundle_version=None if version is None else str(version),
        _airflow_s=ti,
    )
