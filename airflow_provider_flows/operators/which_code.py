"""Which code a task runs. Worker; reads the store.

A cleared task runs the code of the DAG file, where it fits what the run did before that task. A retry runs what the try
before it ran. Every other task runs the newest code among those of its parents, so that what follows a cleared task
follows its code, and parallel branches keep theirs. Where the DAG's bundle has versions, Airflow itself decides which
DAG file a task of a run sees, and the task runs that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from airflow_provider_flows.errors import InputsMissing, UsageError
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.operators.compat import conf
from airflow_provider_flows.operators.dag_run import WorkerRun
from airflow_provider_flows.operators.notes import read_note
from airflow_provider_flows.operators.tries import Try
from airflow_provider_flows.task.codes import number_in
from airflow_provider_flows.task.parents import parent_places
from airflow_provider_flows.task.view import RunView

LATEST, PINNED = "latest", "pinned"


@dataclass(frozen=True)
class Choice:
    """The number of the code that a task runs, and why, for its log.

    `otherwise` is the number of the one that it runs instead where this one does not fit the run; None where it need
    not fit. `is_pinned` says that the task was cleared, and that a setting keeps the DAG file's code from it.
    """

    number: int
    why: str = ""
    otherwise: int | None = None
    is_pinned: bool = False


def choose_code(run: WorkerRun, step: str, attempt: Try, *, first_step: bool) -> Choice:
    """Return which code a try of the task of `step` at hand runs; UsageError when `[flows] code_on_clear` is wrong."""
    codes, here = run.codes, run.codes.number_of(run.here)
    if run.task.bundle_version is not None:
        return Choice(here, f"that of version {run.task.bundle_version} of the DAG bundle")
    if attempt.code is not None and attempt.code < len(codes):
        return Choice(attempt.code, "as the try before this one")
    if not len(codes) or (first_step and attempt.epoch == 0):
        return Choice(here)
    kept = codes.started_with if first_step else newest_of_parents(run, step)
    if not attempt.cleared:
        return Choice(kept, "as the tasks before it")
    if code_on_clear() == PINNED:
        return Choice(kept, "as the tasks before it", is_pinned=True)
    why = "that of the DAG file now, because the task was cleared"
    return Choice(here, why, otherwise=None if first_step else kept)


def code_on_clear() -> str:
    """Return `latest` or `pinned`: whether a cleared task takes the DAG file's code."""
    chosen = conf.get("flows", "code_on_clear", fallback=LATEST).strip() or LATEST
    if chosen not in (LATEST, PINNED):
        raise UsageError(f"[flows] code_on_clear is {chosen!r}. Set it to {LATEST} or {PINNED}.")
    return chosen


def newest_of_parents(run: WorkerRun, step: str) -> int:
    """Return the number of the newest code that the tasks before the one at hand ran, by that code's own graph."""
    codes = run.codes
    if len(codes) == 1:
        return 0
    with_step = [number for number in reversed(range(len(codes))) if step in codes.graph(number)]
    for number in with_step:
        if max(_ran_before(run, codes.graph(number), step), default=-1) >= number:
            return number
    return codes.started_with if codes.started_with in with_step else max(with_step, default=codes.started_with)


def newest_of_step(run: WorkerRun, step: str) -> int:
    """Return the number of the newest code that the tasks of a step ran."""
    if len(run.codes) < 2:
        return 0
    records = run.store.read_step(run.flow.name, run.name, step)
    return max(map(number_in, records.values()), default=run.codes.started_with)


def _ran_before(run: WorkerRun, graph: FlowGraph, step: str) -> Iterator[int]:
    view = RunView(run.store, graph, run.name)
    try:
        path = view.placement.split_path(step, run.task.map_index)
        places = parent_places(view, step, path) or ()
    except InputsMissing:  # which the step itself will say
        return
    for parent, place in places:
        record = view.record(parent, place)
        if record is not None and record.outcome != "failed":
            yield number_in(record)
        else:  # one with @catch whose tries all died: what they ran is in the note of the last one
            note = read_note(run, parent, view.placement.map_index(parent, place))
            yield (note.code if note is not None else None) or 0
