"""Turn a finished attempt into its record: artifacts first, the record last. TASK phase."""

from __future__ import annotations

import logging
import platform
import time
from typing import Any, Mapping

from airflow_provider_flows.decorators.lifecycle import Completion
from airflow_provider_flows.errors import AttemptExists, StoreError
from airflow_provider_flows.flow.artifacts import artifacts_of
from airflow_provider_flows.flow.tracebacks import describe
from airflow_provider_flows.flow.transition import PARALLEL, Transition
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import ArtifactRef, AttemptRecord, Store
from airflow_provider_flows.task.bind import (
    FOREACH_VAR,
    ITEMS,
    PYTHON_VERSION,
    TASK_TYPE,
    WORLD_SIZE,
    BoundStep,
    Place,
    frames_to_metadata,
)
from airflow_provider_flows.task.model import Attempt
from airflow_provider_flows.task.runtime import FlowRuntime

log = logging.getLogger("airflow_provider_flows.task")


def persist(
    runtime: FlowRuntime, attempt: Attempt, bound: BoundStep, completion: Completion, started: float
) -> tuple[AttemptRecord, BaseException | None]:
    """Commit the attempt's record; return it with the exception that the attempt failed of, if it did.

    Artifacts that cannot be stored fail the attempt, and no decorator can catch that in the same attempt (Metaflow
    2.19); the others are stored all the same.
    """
    transition = bound.flow._flows_state.transition
    artifacts, failures = _save(runtime, bound.flow, transition)
    failure = failures[0] if failures and completion.ok else None  # a step's own exception is what it failed of
    for other in failures:
        if other is not failure:
            log.warning("%s", other)
    exception = failure or (None if completion.ok else completion.exception)
    reason = failure or completion.exception
    fields: dict[str, Any] = {
        "outcome": "failed" if exception is not None else "caught" if completion.exception is not None else "ok",
        "exception": None if reason is None else describe(reason),
        "artifacts": artifacts,
        "finished_at": time.time(),
        "metadata": {**metadata_of(runtime, bound), **_foreach_var(transition)},
    }
    if exception is None and transition is not None:
        fields["transition"] = transition.targets
        fields["num_splits"] = transition.num_splits
        fields["split_labels"] = transition.labels or None
    return _commit(runtime.store, attempt, bound.address, started, code=runtime.code, **fields), exception


def persist_failure(
    store: Store,
    attempt: Attempt,
    address: TaskAddress,
    error: BaseException,
    started: float,
    *,
    code: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> AttemptRecord:
    """Commit the record of an attempt that failed before its step began: what it failed of, and no artifacts."""
    fields: dict[str, Any] = {"exception": describe(error), "metadata": dict(metadata or {}), "code": code}
    return _commit(store, attempt, address, started, outcome="failed", artifacts={}, finished_at=time.time(), **fields)


def _commit(store: Store, attempt: Attempt, address: TaskAddress, started: float, **fields: Any) -> AttemptRecord:
    number = attempt.number
    while True:
        record = AttemptRecord(
            address=address,
            attempt=store.next_attempt(address) if number is None else number,
            retry_count=attempt.retry_count,
            epoch=attempt.epoch,
            started_at=started,
            path=attempt.path,
            iteration=attempt.iteration,
            parents=tuple(map(AttemptRecord.ref, attempt.parents)),
            **fields,
        )
        try:
            store.commit(record)
            return record
        except AttemptExists:
            number = None  # somebody else took it; an attempt's own work is not lost for that


def _save(
    runtime: FlowRuntime, flow: Any, transition: Transition | None
) -> tuple[dict[str, ArtifactRef], list[StoreError]]:
    artifacts = artifacts_of(flow)
    if artifacts.dropped:
        log.warning("Not stored, because functions cannot be artifacts: %s", ", ".join(artifacts.dropped))
    changed = dict(artifacts.changed)
    if transition is not None and transition.items is not None:
        changed[ITEMS] = transition.items
    failures: list[StoreError] = []
    refs = runtime.store.save(runtime.name, changed, on_error=failures.append)
    carried = {name: ref for name, ref in artifacts.carried.items() if name != ITEMS}
    return {**carried, **refs}, failures


def metadata_of(runtime: FlowRuntime, place: Place) -> dict[str, str]:
    """Return what an attempt's record says of it, whatever it leaves."""
    return {
        **(runtime.origin.metadata if runtime.origin else {}),
        **runtime.metadata,
        PYTHON_VERSION: platform.python_version(),
        **frames_to_metadata(place.frames),
        **_parallel(place),
    }


def _parallel(place: Place) -> dict[str, str]:
    """Return what a task of a `num_parallel` says of it."""
    if not place.frames or place.frames[-1].var != PARALLEL:
        return {}
    leads = {TASK_TYPE: "control_task"} if place.frames[-1].index == 0 else {}
    return {WORLD_SIZE: str(place.frames[-1].num_splits), **leads}


def _foreach_var(transition: Transition | None) -> dict[str, str]:
    return {FOREACH_VAR: transition.foreach} if transition is not None and transition.foreach else {}
