"""Flatten the splits of a foreach inside a foreach into one list, which the next segment maps over. TASK phase."""

from __future__ import annotations

from airflow_provider_flows.errors import InputsMissing
from airflow_provider_flows.identity import task_id
from airflow_provider_flows.task.view import RunView
from airflow_provider_flows.text import first_few

_MOST_NAMED = 5


def split_counts(view: RunView, foreach: str) -> list[tuple[tuple[int, ...], int]]:
    """Return the path and the number of splits of each of the foreach step's tasks that the run reached.

    InputsMissing names the tasks that should have split and did not.
    """
    paths = [
        path for path in view.placement.split_paths(view.graph[foreach].foreach_nest) if view.is_reached(foreach, path)
    ]
    records = view.records(foreach, paths)
    missing = [
        task_id(foreach, path)
        for path, record in zip(paths, records)
        if record is None or record.outcome == "failed" or record.num_splits is None
    ]
    if missing:
        shown = first_few(missing, _MOST_NAMED)
        raise InputsMissing(f"Foreach step {foreach!r} left no splits for {shown}. Clear it and its downstream tasks.")
    return [(path, record.num_splits or 0) for path, record in zip(paths, records) if record is not None]
