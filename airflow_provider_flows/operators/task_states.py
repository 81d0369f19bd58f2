"""What Airflow says of the tasks of one step in one DAG run. Worker."""

from __future__ import annotations

import re
from typing import Any

from airflow_provider_flows.task.placement import NOT_MAPPED


def task_states(ti: Any, task: str, dag_id: str | None = None, run_id: str | None = None) -> dict[int, str]:
    """Return the states of an Airflow task by map index: of the run at hand, or of the one that is named.

    Airflow answers by `fit` or `fit_3`, so it is asked for one task at a time: `fit_3` may be another task's id.
    """
    run_id = run_id or ti.run_id
    found = ti.get_task_states(dag_id or ti.dag_id, task_ids=[task], run_ids=[run_id]).get(run_id, {})
    return {
        NOT_MAPPED if match[1] is None else int(match[1]): str(state)
        for name, state in found.items()
        if state is not None and (match := re.fullmatch(rf"{re.escape(task)}(?:_(\d+))?", name))
    }
