"""A run that goes on from another one: what succeeded there is taken over instead of run again. TASK and LAUNCH phase.

A task is cloned if and only if all the tasks before it were, and its newest attempt there went on from those very
attempts; so what follows a step that runs again runs again, in each branch, item and iteration by itself.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Iterable, Mapping

from airflow_provider_flows.graph.model import FlowGraph
from airflow_provider_flows.store import AttemptRecord, ParentRef
from airflow_provider_flows.task.bind import OF_THE_TASK
from airflow_provider_flows.task.model import ORIGIN_ATTEMPT, ORIGIN_RUN, Attempt, Origin, is_cloned
from airflow_provider_flows.task.view import RunView


def clone(view: RunView, origin: Origin, attempt: Attempt, metadata: Mapping[str, str]) -> AttemptRecord | None:
    """Take over what the origin left for this task, and return its record; None when its step has to run.

    A task that has been attempted in this run already, as one that was cleared in Airflow, has to run, too.
    """
    parents = _originals(attempt.parents, origin)
    if origin.runs_again(attempt.step) or parents is None:
        return None
    address = view.address(attempt.step, attempt.path, attempt.iteration)
    record = view.store.read_newest(replace(address, run=origin.run_id))
    if record is None or record.outcome == "failed" or origin.is_failed(record):
        return None
    if record.parents != parents or not _fits(record, view.graph):
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
        epoch=attempt.epoch,
        started_at=now,
        finished_at=now,
        parents=tuple(map(AttemptRecord.ref, attempt.parents)),
        metadata={**metadata, **kept, **origin.metadata, ORIGIN_ATTEMPT: str(record.attempt)},
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


def _fits(record: AttemptRecord, graph: FlowGraph) -> bool:
    """Whether the step led there where it could lead by the flow as it is now."""
    node, targets = graph[record.address.step], record.transition
    if node.type == "split-switch":
        return targets is not None and set(targets) <= set(node.out_funcs)
    splits = record.num_splits is not None
    return (targets or ()) == tuple(node.out_funcs) and splits == (node.type == "foreach")
