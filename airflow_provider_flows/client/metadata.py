"""`task.metadata`: small facts about attempts, under their own names and those of Metaflow 2.19. Any process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Iterable, Iterator, NamedTuple

from airflow_provider_flows.client.origin import original
from airflow_provider_flows.client.runinfo import RunInfo
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.task.metadata import FRAMES, ORIGIN_RUN

if TYPE_CHECKING:
    from airflow_provider_flows.client.task import Task


class Metadata(NamedTuple):
    """One fact about an attempt. `created_at` is in milliseconds since the epoch (Metaflow 2.19)."""

    name: str
    value: str
    created_at: int
    type: str
    task: Task


def metadata_of(task: Task, records: Iterable[AttemptRecord]) -> list[Metadata]:
    """Return the facts about attempts, oldest first."""
    run = task._info
    found = [Metadata(*fact, task) for record in records for fact in _facts(record, run)]
    return sorted(found, key=lambda one: one.created_at)


def _facts(record: AttemptRecord, run: RunInfo) -> Iterator[tuple[str, str, int, str]]:
    began, ended = round(record.started_at * 1000), round(record.finished_at * 1000)
    for name, value in {**record.metadata, "attempt": str(record.attempt), **dict(_as_metaflow(record, run))}.items():
        yield name, value, began, name
    yield "attempt_ok", str(record.outcome != "failed"), ended, "internal_attempt_status"


def _as_metaflow(record: AttemptRecord, run: RunInfo) -> Iterator[tuple[str, str]]:
    """Yield what is also known under a name of Metaflow's."""
    if not record.metadata:
        return
    if ORIGIN_RUN in record.metadata:
        yield "origin-run-id", record.metadata[ORIGIN_RUN]
    source = original(record)
    if source is not None:
        yield "origin-task-id", source[0].task
    frames = json.loads(record.metadata.get(FRAMES, "[]"))
    if frames:
        bodies = ((next(iter(run.next_steps(frame["step"])), frame["step"]), frame["index"]) for frame in frames)
        yield "foreach-execution-path", ",".join(f"{step}:{index}" for step, index in bodies)
