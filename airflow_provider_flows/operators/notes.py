"""The notes that tries of tasks leave in the store, by which the next one knows what came before. Worker."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from airflow_provider_flows.errors import (
    CodeMismatch,
    EnvironmentFailed,
    InputsMissing,
    ObjectDamaged,
    ParameterError,
    RunExists,
    SignatureInvalid,
    UsageError,
)
from airflow_provider_flows.operators.compat import AirflowFailException
from airflow_provider_flows.operators.dag_run import WorkerRun
from airflow_provider_flows.operators.tries import Try

FOR_GOOD = (InputsMissing, CodeMismatch, EnvironmentFailed, RunExists, ParameterError, UsageError)
"""What another try would meet again."""


def read_note(run: WorkerRun, step: str, map_index: int) -> Try | None:
    """Return the note of a task's newest try; None when there is none, or one that is damaged or not signed.

    So a clear heals it, as all that is damaged.
    """
    with contextlib.suppress(ObjectDamaged, SignatureInvalid):
        note = run.store.read_try(run.flow.name, run.name, step, map_index)
        return None if note is None else Try.from_json(note)
    return None


def note_try(run: WorkerRun, step: str, attempt: Try) -> None:
    """Leave the note of a try, in place of the one of the try before it."""
    run.store.write_try(run.flow.name, run.name, step, run.task.map_index, attempt.to_json())


@contextlib.contextmanager
def failure_noted(run: WorkerRun, step: str) -> Iterator[None]:
    """Note when the block fails in a way that Airflow retries by itself: the next try need not be a clear's."""
    try:
        yield
    except (*FOR_GOOD, AirflowFailException):
        raise
    except BaseException:
        with contextlib.suppress(Exception):  # what the step failed of must be told, whatever becomes of the store
            note = read_note(run, step, run.task.map_index)
            if note is not None and note.said.try_number == run.task.try_number:  # else this try could leave none
                note_try(run, step, replace(note, fails=True))
        raise
