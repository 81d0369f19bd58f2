"""What a task of ours fails of in Airflow, and why a task was not run at all. Worker."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from airflow_provider_flows.errors import FlowsError, StepFailed, message_of
from airflow_provider_flows.flow.tracebacks import without_our_frames
from airflow_provider_flows.operators.caught_parents import CaughtParents
from airflow_provider_flows.operators.compat import AirflowFailException
from airflow_provider_flows.operators.task_instance import TaskInstance
from airflow_provider_flows.task.outcome import Outcome
from airflow_provider_flows.task.placement import NOT_MAPPED

_MOST_NAMED = 4


class StepNotRun(FlowsError, AirflowFailException):
    """The step's code was not run, and another try would not run it either."""


class StepFailedForGood(StepFailed, AirflowFailException):
    """A step raised AirflowFailException, which asks for no further try."""


def failed(step: str, outcome: Outcome) -> StepFailed:
    """Return what to raise for a failed attempt; its cause is what the step raised, without our frames."""
    exception = outcome.exception
    assert exception is not None, "an attempt that is not ok failed of something"
    kind = StepFailedForGood if isinstance(exception, AirflowFailException) else StepFailed
    error = kind(f"Step {step!r} failed: {type(exception).__name__}: {message_of(exception)}")
    error.__cause__ = without_our_frames(exception)
    return error


def not_run(error: Exception, operator: Any, task: TaskInstance, parents: CaughtParents | None = None) -> StepNotRun:
    """Return what to raise where `error` kept the step from running; it names the tasks before it that failed."""
    return because_of_others(error, operator, task, parents) or StepNotRun(str(error))


def because_of_others(
    error: Exception, operator: Any, task: TaskInstance, parents: CaughtParents | None = None
) -> StepNotRun | None:
    """Return what to raise where a task was started although tasks before it failed; None when none did.

    `parents` knows whose failure is caught, and is None where the flow's code could not be had.
    """
    culprits: list[str] = []
    with contextlib.suppress(Exception):  # what Airflow does not answer keeps nobody from hearing of the error
        culprits.extend(_failed_before(operator, task, parents))
    if not culprits:
        return None
    them, their = ("them", "their") if len(culprits) > 1 else ("it", "its")
    return StepNotRun(
        f"Not run, because {_listed(culprits)} failed. Clear {them} and {their} downstream tasks. "
        f"This task's own error: {error}"
    )


def _failed_before(operator: Any, task: TaskInstance, parents: CaughtParents | None) -> Iterator[str]:
    """Yield the nearest tasks before this one that Airflow calls failed and nothing catches: `'fit' (map index 3)`.

    A trigger rule that waits until all is done, as @catch needs it, starts a task after those as well. Where nobody
    knows which they are, the direct parents may be caught; what kept a parent from being started is not.
    """
    asked, reached = set(), [operator]
    while reached:
        after = reached.pop()
        for before in after.upstream_list:
            if before.task_id in asked:
                continue
            asked.add(before.task_id)
            states = _relevant_states(operator, before, task, parents)
            failed = [index for index, state in states.items() if state == "failed"]
            is_caught = parents.catches(before.task_id) if parents is not None else after is operator
            if failed and not is_caught:
                yield repr(before.task_id) + _indices(failed)
            elif "upstream_failed" in states.values() or (failed and parents is not None):
                reached.append(before)


def _relevant_states(operator: Any, other: Any, task: TaskInstance, parents: CaughtParents | None) -> dict[int, str]:
    """Return the states of another task by map index, without those of other items."""
    states = task.states_of(other.task_id)
    mapped = states.keys() - {NOT_MAPPED}
    if task.map_index == NOT_MAPPED or not mapped:
        return states
    group = other.get_closest_mapped_task_group()
    if group is not None and group is operator.get_closest_mapped_task_group():
        ours = mapped & {task.map_index}
    else:  # those of another group only the flow's graph can tell
        ours = set() if parents is None else parents.with_our_items(other.task_id, mapped)
    return {index: state for index, state in states.items() if index == NOT_MAPPED or index in ours}


def _indices(indices: Iterable[int]) -> str:
    known = [str(index) for index in indices if index != NOT_MAPPED]
    return f" (map index {_listed(known)})" if known else ""


def _listed(names: Sequence[str]) -> str:
    """Return `a`, `a and b`, or `a, b, c and 4 more`."""
    if len(names) > _MOST_NAMED:
        names = [*names[:_MOST_NAMED], f"{len(names) - _MOST_NAMED} more"]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
