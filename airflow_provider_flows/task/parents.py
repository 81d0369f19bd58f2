"""Which records an attempt builds on, or that the run does not reach it. TASK phase.

A consumer never runs on missing inputs: what its parents left is checked in the store, and where Airflow says that a
caught parent failed for good, its caught result is recorded first.
"""

from __future__ import annotations

from typing import Callable

from airflow_provider_flows.errors import InputsMissing
from airflow_provider_flows.graph.nesting import branch_of
from airflow_provider_flows.identity import task_id
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.task.view import RunView
from airflow_provider_flows.text import first_few

_MOST_NAMED = 5

Resolve = Callable[[str, "tuple[int, ...]"], "AttemptRecord | None"]
"""Asked about each parent, of which the host may know more than the store; see `Host.resolve_parent`."""


def find_parents(
    view: RunView, step: str, path: tuple[int, ...], resolve: Resolve | None = None
) -> list[AttemptRecord] | None:
    """Return the records of the parents of a task, in the order of a join's `inputs`; None when it is not reached.

    InputsMissing names every parent that left nothing to go on with.
    """
    if step == view.graph.start_step:
        return []
    places = parent_places(view, step, path)
    return None if places is None else _usable(view, step, places, resolve)


def parent_places(view: RunView, step: str, path: tuple[int, ...]) -> list[tuple[str, tuple[int, ...]]] | None:
    """Return step and split path of each parent of a task, in the order of a join's `inputs`; None as above."""
    node = view.graph[step]
    if not view.is_reached(step, path):
        return None
    if node.closes is not None and view.graph[node.closes].maps:
        paths = [(*path, index) for index in range(view.num_splits(node.closes, path))]
        return _foreach_places(view, step, paths)
    places = [(parent, path[: len(view.graph[parent].foreach_nest)]) for parent in view.reached_parents(step, path)]
    if node.closes is not None:
        order = {branch: position for position, branch in enumerate(view.graph[node.closes].out_funcs)}
        places.sort(key=lambda place: order[branch_of(view.graph, step, place[0])])
    return places


def _foreach_places(view: RunView, step: str, paths: list[tuple[int, ...]]) -> list[tuple[str, tuple[int, ...]]]:
    """Return the parent of a foreach's join for each item: a switch in the body may lead there on several ways."""
    parents = view.graph[step].in_funcs
    if len(parents) == 1:
        view.records(parents[0], paths)  # one listing for all of them
        return [(parents[0], path) for path in paths]
    return [(parent, path) for path in paths for parent in view.reached_parents(step, path)]


def _usable(
    view: RunView, step: str, places: list[tuple[str, tuple[int, ...]]], resolve: Resolve | None
) -> list[AttemptRecord]:
    records: list[AttemptRecord] = []
    missing: list[str] = []
    for parent, path in places:
        record = (resolve(parent, path) if resolve is not None else None) or view.record(parent, path)
        if record is not None and record.outcome != "failed":
            records.append(record)
        else:
            reason = "did not run" if record is None else "failed"
            missing.append(f"{task_id(parent, path)} {reason}")
    if missing or not places:
        shown = first_few(missing, _MOST_NAMED, "; ")
        raise InputsMissing(
            f"Step {step!r} cannot start, because of its parents: {shown or 'none was reached'}. "
            "Clear them, this step and its downstream tasks."
        )
    return records
