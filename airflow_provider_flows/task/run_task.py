"""`run_task`: find a task's parents, then run or clone its attempt; of a recursive step, all rounds. TASK phase."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Callable, Sequence

from airflow_provider_flows.errors import InputsMissing
from airflow_provider_flows.setup.origin import Origin
from airflow_provider_flows.setup.runtime import FlowRuntime
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.task.attempt import Attempt
from airflow_provider_flows.task.clone import clone
from airflow_provider_flows.task.frames import frames_of
from airflow_provider_flows.task.host import Host
from airflow_provider_flows.task.metadata import ORIGIN_RUN
from airflow_provider_flows.task.outcome import Outcome
from airflow_provider_flows.task.parents import find_parents
from airflow_provider_flows.task.request import TaskRequest
from airflow_provider_flows.task.run_attempt import run_attempt
from airflow_provider_flows.task.view import RunView

log = logging.getLogger("airflow_provider_flows.task")

Parents = Sequence[AttemptRecord]
RunAttempt = Callable[[FlowRuntime, Attempt, Host], Outcome]


def run_task(runtime: FlowRuntime, request: TaskRequest, host: Host, run: RunAttempt = run_attempt) -> Outcome | None:
    """Run what is asked for; None when the run does not reach the task.

    Without an `iteration`, all rounds of a recursive step. `run` runs an attempt, in this process unless it is given.
    InputsMissing when a parent left no result.
    """
    view = RunView(runtime.store, runtime.graph, runtime.run_id)
    parents = _parents(view, request, host)
    if parents is None:
        return None
    one = _OneTask(runtime, host, run, view)
    if request.iteration is None and runtime.graph[request.step].repeats:
        return one.run_iterations(request, parents)
    return one.clone_or_run(request, parents)


def clone_task(view: RunView, origin: Origin, request: TaskRequest) -> AttemptRecord | None:
    """Take over what the origin left for a task of a resumed run; None when its step has to run."""
    parents = _parents(view, request, Host())
    return None if parents is None else clone(view, origin, request, parents)


def _parents(view: RunView, request: TaskRequest, host: Host) -> Parents | None:
    if request.iteration:
        return [_round_before(view, request)]
    return find_parents(view, request.step, request.path, host.resolve_parent)


def _round_before(view: RunView, request: TaskRequest) -> AttemptRecord:
    """Return the record of the iteration before this one, which is what a later iteration builds on."""
    iteration = (request.iteration or 0) - 1
    record = view.store.read_newest(view.address(request.step, request.path, iteration))
    if record is None or record.outcome == "failed":
        raise InputsMissing(f"Iteration {iteration} of step {request.step!r} left no result.")
    return record


@dataclass(frozen=True)
class _OneTask:
    """How the attempts of one task are run."""

    runtime: FlowRuntime
    host: Host
    run: RunAttempt
    view: RunView

    def clone_or_run(self, request: TaskRequest, parents: Parents) -> Outcome:
        origin = self.runtime.setup.origin
        record = None if origin is None else clone(self.view, origin, request, parents)
        if record is None:
            return self.run(self.runtime, Attempt.of(self.runtime, request, parents), self.host)
        self.host.announce(record.address, frames_of(record))
        log.info("Cloned from run %s: the step does not run again.", record.metadata[ORIGIN_RUN])
        outcome = Outcome(record)
        self.host.ended(outcome)
        return outcome

    def run_iterations(self, request: TaskRequest, parents: Parents) -> Outcome:
        """Run a recursive step until it leaves, one recorded task for each round.

        The first try since a clear starts at iteration 0; a retry goes on after the last iteration that finished.
        """
        following = replace(request, iteration=0)
        for record in _finished(request, parents, self.view) if request.retry_count else ():
            if record.transition != (request.step,):
                return Outcome(record)  # the last try died between the last record and its report
            parents, following = [record], replace(following, iteration=(record.iteration or 0) + 1)
        while True:
            outcome = self.clone_or_run(following, parents)
            if not outcome.ok or outcome.record.transition != (request.step,):
                return outcome
            parents = [outcome.record]
            following = replace(request, iteration=(outcome.record.iteration or 0) + 1, retry_count=0)


def _finished(request: TaskRequest, parents: Parents, view: RunView) -> list[AttemptRecord]:
    """Return the unbroken chain of iterations that earlier tries of this round finished."""
    chain: list[AttemptRecord] = []
    expected = tuple(parent.ref() for parent in parents)
    for record in view.iterations(request.step, request.path):
        if record.outcome == "failed" or record.epoch != request.epoch or record.parents != expected:
            break
        chain.append(record)
        expected = (record.ref(),)
    return chain
