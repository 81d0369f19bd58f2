"""How a run went, in words, and when it ended. Any process; read only."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from airflow_provider_flows.client.html import status
from airflow_provider_flows.client.lineage import RunRecords

if TYPE_CHECKING:
    from airflow_provider_flows.client.run import Run

_MOST_TASKS = 2_000
"""Tasks of a run up to which their records are read to say where it failed: a list shows many runs."""


class RunOutcome(NamedTuple):
    """`successful`, `caught`, `failed at <step>` or `not finished`, and when the last attempt ended, if any did.

    A very wide run that did not succeed is `not successful`. Times are seconds since the epoch.
    """

    status: str
    ended_at: float | None


def outcome_of(run: Run) -> RunOutcome:
    """Return what the end step's record says; where that is not enough, what those of all steps say together.

    A run failed at the step that failed first, of those whose newest attempts failed or were killed. A retry that is
    still to come cannot be told from one that is not.
    """
    end = run._newest(run._info.end_step)
    if end is not None and end.outcome != "failed":
        return RunOutcome(status(finished=True, successful=end.outcome == "ok"), end.finished_at)
    store, (flow, name) = run._scope.store, run._names
    steps = store.steps(flow, name)
    if sum(len(store.tasks(flow, name, step)) for step in steps) > _MOST_TASKS:
        return RunOutcome("not successful", None)
    records, failed, last = RunRecords(store, flow, name), [], None
    for step in steps:
        live = records.live(step)
        last = max([*([] if last is None else [last]), *(one.finished_at for one in live)], default=None)
        failed += [(one.finished_at, step) for one in live if one.outcome == "failed"]
        failed += [(float("inf"), step) for _ in records.killed(step)]
    return RunOutcome(f"failed at {min(failed)[1]}" if failed else status(False, False), last)
