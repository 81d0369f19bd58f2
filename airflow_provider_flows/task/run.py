"""`run_task`: find a task's parents, then run or clone its attempt; of a recursive step, all rounds. TASK phase."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Mapping

from airflow_provider_flows.decorators.setup import retry_counts
from airflow_provider_flows.errors import InputsMissing
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.task.attempt import run_attempt
from airflow_provider_flows.task.bind import frames_of
from airflow_provider_flows.task.clone import clone
from airflow_provider_flows.task.model import ORIGIN_RUN, Attempt, Origin, Outcome
from airflow_provider_flows.task.parents import Settle, find_parents
from airflow_provider_flows.task.runtime import FlowRuntime
from airflow_provider_flows.task.view import RunView

log = logging.getLogger("airflow_provider_flows.task")


def run_task(runtime: FlowRuntime, attempt: Attempt, settle: Settle | None = None) -> Outcome | None:
    """Run `attempt`, whose `parents` are still to be found; None when the run does not reach it.

    InputsMissing when a parent left nothing to go on from.
    """
    view = RunView(runtime.store, runtime.graph, runtime.run_id)
    parents = _parents(view, attempt, settle)
    if parents is None:
        return None
    attempt = replace(attempt, parents=parents)
    if attempt.iteration is None and runtime.graph[attempt.step].is_recursive:
        return _run_iterations(runtime, attempt, view)
    return _clone_or_run(runtime, attempt, view)


def clone_task(view: RunView, origin: Origin, attempt: Attempt, metadata: Mapping[str, str]) -> AttemptRecord | None:
    """Take over what the origin left for a task of a resumed run; None when its step has to run."""
    parents = _parents(view, attempt)
    return None if parents is None else clone(view, origin, replace(attempt, parents=parents), metadata)


def record_caught(
    runtime: FlowRuntime, step: str, path: tuple[int, ...], settle: Settle | None = None
) -> AttemptRecord:
    """Record what a caught step leaves when it failed for good without leaving it itself; no user code runs.

    InputsMissing when the step never got as far as having inputs.
    """
    user_retries, _ = retry_counts(runtime.step_function(step))
    outcome = run_task(runtime, Attempt(step, path, retry_count=user_retries + 1, fallback=True), settle)
    if outcome is None or not outcome.ok:
        raise InputsMissing(f"The failure of step {step!r} could not be caught: {outcome and outcome.exception}")
    return outcome.record


def _parents(view: RunView, attempt: Attempt, settle: Settle | None = None) -> list[AttemptRecord] | None:
    if attempt.iteration:
        return [_round_before(view, attempt)]
    return find_parents(view, attempt.step, attempt.path, settle)


def _clone_or_run(runtime: FlowRuntime, attempt: Attempt, view: RunView) -> Outcome:
    record = None if runtime.origin is None else clone(view, runtime.origin, attempt, runtime.metadata)
    if record is None:
        return run_attempt(runtime, attempt)
    attempt.announce(record.address, frames_of(record))
    log.info("Cloned from run %s: the step does not run again.", record.metadata[ORIGIN_RUN])
    outcome = Outcome(record)
    attempt.ended(outcome)
    return outcome


def _round_before(view: RunView, attempt: Attempt) -> AttemptRecord:
    """Return the record of the iteration before this one, which is what a later iteration goes on from."""
    iteration = (attempt.iteration or 0) - 1
    record = view.store.read_newest(view.address(attempt.step, attempt.path, iteration))
    if record is None or record.outcome == "failed":
        raise InputsMissing(f"Iteration {iteration} of step {attempt.step!r} left nothing to go on from.")
    return record


def _run_iterations(runtime: FlowRuntime, attempt: Attempt, view: RunView) -> Outcome:
    """Run a recursive step until it leaves, one recorded task for each round.

    The first try since a clear starts at iteration 0; a retry goes on after the last iteration that finished.
    """
    following = replace(attempt, iteration=0)
    for record in _finished(attempt, view) if attempt.retry_count else ():
        if record.transition != (attempt.step,):
            return Outcome(record)  # the last try died between the last record and its report
        following = replace(following, parents=[record], iteration=(record.iteration or 0) + 1)
    while True:
        outcome = _clone_or_run(runtime, following, view)
        if not outcome.ok or outcome.record.transition != (attempt.step,):
            return outcome
        iteration = (outcome.record.iteration or 0) + 1
        following = replace(attempt, parents=[outcome.record], iteration=iteration, retry_count=0)


def _finished(attempt: Attempt, view: RunView) -> list[AttemptRecord]:
    """Return the unbroken chain of iterations that earlier tries of this round finished."""
    chain: list[AttemptRecord] = []
    expected = tuple(parent.ref() for parent in attempt.parents)
    for record in view.iterations(attempt.step, attempt.path):
        if record.outcome == "failed" or record.epoch != attempt.epoch or record.parents != expected:
            break
        chain.append(record)
        expected = (record.ref(),)
    return chain
