"""Turn a finished attempt into its record: artifacts first, the record last. TASK phase."""

from __future__ import annotations

import logging
import platform
import time
from typing import Any

from airflow_provider_flows.decorators.lifecycle import Completion
from airflow_provider_flows.errors import AttemptExists, StoreError
from airflow_provider_flows.flow.artifacts import artifacts_of
from airflow_provider_flows.flow.next_call import PARALLEL, Transition
from airflow_provider_flows.flow.tracebacks import describe
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.setup.flow_setup import FlowSetup
from airflow_provider_flows.setup.runtime import FlowRuntime
from airflow_provider_flows.store import ArtifactRef, AttemptRecord, Store
from airflow_provider_flows.task.attempt import Attempt
from airflow_provider_flows.task.bind import ITEMS
from airflow_provider_flows.task.frames import frames_to_metadata
from airflow_provider_flows.task.metadata import FOREACH_VAR, ORIGIN_RUN, PYTHON_VERSION, TASK_TYPE, WORLD_SIZE
from airflow_provider_flows.task.request import TaskRequest

log = logging.getLogger("airflow_provider_flows.task")


def persist(
    runtime: FlowRuntime, attempt: Attempt, flow: Any, completion: Completion, started: float
) -> tuple[AttemptRecord, BaseException | None]:
    """Commit the attempt's record; return it with the exception that the attempt failed of, if it did.

    Artifacts that cannot be stored fail the attempt, and no decorator can catch that in the same attempt (Metaflow
    2.19); the others are stored all the same.
    """
    transition = flow._flows_state.transition
    artifacts, failures = _save(runtime, flow, transition)
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
        "metadata": {**_metadata(runtime, attempt), **_foreach_var(transition)},
    }
    if exception is None and transition is not None:
        fields["transition"] = transition.targets
        fields["num_splits"] = transition.num_splits
        fields["split_labels"] = transition.labels or None
    record = flow._flows_state.record = _commit(runtime, attempt, started, **fields)
    return record, exception


def persist_failure(runtime: FlowRuntime, attempt: Attempt, error: BaseException, started: float) -> AttemptRecord:
    """Commit the record of an attempt that failed before its step began: what it failed of, and no artifacts."""
    return _commit(runtime, attempt, started, **_failure(error), metadata=_metadata(runtime, attempt))


def persist_no_setup(
    store: Store, setup: FlowSetup, request: TaskRequest, error: BaseException, started: float
) -> None:
    """Commit the record of an attempt whose flow could not be set up: what that failed of."""
    address = TaskAddress.of(setup.name, setup.run_id, request.step, request.path, request.iteration)
    _claim(store, request, address=address, code=setup.code, started_at=started, **_failure(error))


def _failure(error: BaseException) -> dict[str, Any]:
    return {"outcome": "failed", "exception": describe(error), "finished_at": time.time()}


def _commit(runtime: FlowRuntime, attempt: Attempt, started: float, **fields: Any) -> AttemptRecord:
    parents = tuple(map(AttemptRecord.ref, attempt.parents))
    fields.update(address=attempt.address, parents=parents, code=runtime.setup.code, started_at=started)
    return _claim(runtime.store, attempt.request, **fields)


def _claim(store: Store, request: TaskRequest, **fields: Any) -> AttemptRecord:
    """Commit a record of what was asked, under the attempt's number or the next that nobody has, and return it."""
    for name in ("retry_count", "epoch", "path", "iteration"):
        fields[name] = getattr(request, name)
    number = request.attempt
    while True:
        attempt = store.next_attempt(fields["address"]) if number is None else number
        record = AttemptRecord(attempt=attempt, **fields)
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


def _metadata(runtime: FlowRuntime, attempt: Attempt) -> dict[str, str]:
    """Return what an attempt's record says of it, whatever it leaves."""
    origin = runtime.setup.origin
    return {
        **({ORIGIN_RUN: origin.run_id} if origin else {}),
        **attempt.request.metadata,
        PYTHON_VERSION: platform.python_version(),
        **frames_to_metadata(attempt.frames),
        **_parallel(attempt),
    }


def _parallel(attempt: Attempt) -> dict[str, str]:
    """Return what a task of a `num_parallel` says of it."""
    if not attempt.frames or attempt.frames[-1].var != PARALLEL:
        return {}
    own = attempt.frames[-1]
    leads = {TASK_TYPE: "control_task"} if own.index == 0 else {}
    return {WORLD_SIZE: str(own.num_splits), **leads}


def _foreach_var(transition: Transition | None) -> dict[str, str]:
    return {FOREACH_VAR: transition.foreach} if transition is not None and transition.foreach else {}
