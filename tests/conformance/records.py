"""What a run left in our store, in the words of `oracle.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from airflow_provider_flows.identity import parse_task_id
from airflow_provider_flows.store import AttemptRecord, Store

from tests.conformance.corpus import Tasks
from tests.conformance.shown import shown, task_name


def left_by(store: Store, flow: str, run: str) -> Tasks:
    """Return each task of a run by name: its outcome, transition, foreaches around it and public artifacts."""
    return {
        task_name(step, list(path), iteration): _task(store, flow, record)
        for step in store.steps(flow, run)
        for path, iteration, record in _newest(store, flow, run, step)
    }


def _newest(
    store: Store, flow: str, run: str, step: str
) -> Iterator[tuple[tuple[int, ...], int | None, AttemptRecord]]:
    for task, record in store.read_step(flow, run, step).items():
        yield (*parse_task_id(task, step), record)


def _task(store: Store, flow: str, record: AttemptRecord) -> dict[str, Any]:
    frames: list[Mapping[str, Any]] = json.loads(record.metadata.get("frames", "[]"))
    return {
        "outcome": record.outcome,
        "next": list(record.transition) if record.transition else None,
        "frames": [[frame["var"], _count(frame), frame["index"]] for frame in frames],
        "artifacts": {
            name: shown(store.load(flow, ref)) for name, ref in record.artifacts.items() if not name.startswith("_")
        },
    }


def _count(frame: Mapping[str, Any]) -> int | None:
    """Return the number of items as `foreach_stack()` says it: a num_parallel has none, though the record knows it."""
    return None if frame["var"] == "_parallel_ubf_iter" else frame["num_splits"]
