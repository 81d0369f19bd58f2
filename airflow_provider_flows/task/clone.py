"""A run that resumes another one: what succeeded there is taken over instead of run again. TASK and LAUNCH phase.

A task is cloned if and only if all the tasks before it were, and its newest attempt there went on from those very
attempts; so what follows a step that runs again runs again, in each branch, item and iteration by itself.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Iterable, Sequence

from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.setup.origin import Origin
from airflow_provider_flows.store import AttemptRecord, ParentRef
from airflow_provider_flows.task.metadata import (
    AIRFLOW_MAP_INDEX,
    AIRFLOW_TASK,
    OF_THE_TASK,
    ORIGIN_ATTEMPT,
    ORIGIN_RUN,
    is_cloned,
)
from airflow_provider_flows.task.request import TaskRequest
from airflow_provider_flows.task.view import RunView


def clone(
    view: RunView, origin: Origin, request: TaskRequest, parents: Sequence[AttemptRecord]
) -> AttemptRecord | None:
    """Take over what the origin left for this task, and return its record; None when its step has to run.

    A task that has been attempted in this run already, as one that was cleared in Airflow, has to run, too.
    """
    originals = _originals(parents, origin)
    if origin.runs_again(request.step) or originals is None:
        return None
    address = view.address(request.step, request.path, request.iteration)
    record = view.store.read_newest(replace(address, run=origin.run_id))
    if record is None or record.outcome == "failed" or is_failed(record, origin):
        return None
    if record.parents != originals or not _fits(record, view.graph):
        return None
    if view.store.attempts(address):
        return None
    now = time.time()
    kept = {name: record.metadata[name] for name in OF_THE_TASK if name in record.metadata}
    copy = replace(
        record,
        address=address,
        attempt=0,
        retry_count=0,
        epoch=request.epoch,
        started_at=now,
        finished_at=now,
        parents=tuple(map(AttemptRecord.ref, parents)),
        metadata={**request.metadata, **kept, ORIGIN_RUN: origin.run_id, ORIGIN_ATTEMPT: str(record.attempt)},
    )
    view.store.commit(copy)
    return copy


def _originals(parents: Iterable[AttemptRecord], origin: Origin) -> tuple[ParentRef, ...] | None:
    """Return the attempts of the origin that `parents` are copies of; None unless all of them are."""
    refs = []
    for parent in parents:
        if not is_cloned(parent) or parent.metadata[ORIGIN_RUN] != origin.run_id:
            return None
        refs.append(replace(parent.ref(), attempt=int(parent.metadata[ORIGIN_ATTEMPT])))
    return tuple(refs)


def is_failed(record: AttemptRecord, origin: Origin) -> bool:
    """Whether Airflow calls the task failed that a record of the origin says to have ended.

    Of a recursive step, Airflow means the last round alone. A caught failure may have been recorded by the task after
    it, because Airflow called it failed.
    """
    step, metadata = record.address.step, record.metadata
    if record.transition == (step,):
        return False
    if metadata.get(AIRFLOW_TASK) != step:
        return step in {failed for failed, _ in origin.failed}
    return (step, int(metadata[AIRFLOW_MAP_INDEX])) in origin.failed


def _fits(record: AttemptRecord, graph: FlowGraph) -> bool:
    """Whether the step led there where it could lead by the flow as it is now."""
    node, targets = graph[record.address.step], record.transition
    if node.branches:
        return targets is not None and set(targets) <= set(node.out_funcs)
    splits = record.num_splits is not None
    return (targets or ()) == tuple(node.out_funcs) and splits == node.maps
