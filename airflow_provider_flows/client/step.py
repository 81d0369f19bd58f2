"""Step: the tasks of one step of a run. Any process; read only."""

from __future__ import annotations

from datetime import datetime
from typing import Iterable, Iterator

from airflow_provider_flows.client.base import ClientObject, moment
from airflow_provider_flows.client.lineage import RunRecords
from airflow_provider_flows.client.task import Task, tasks_of
from airflow_provider_flows.errors import NotFound
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import AttemptRecord


class Step(ClientObject[Task]):
    """`Step("Flow/run/step")`: there is one as soon as an attempt of any of its tasks has ended.

    What a foreach that was cleared no longer splits into, and what an iteration that ran again no longer leads to, is
    not listed; `step[task_id]` still finds it.
    """

    _depth = 3

    def tasks(self, *tags: str) -> Iterator[Task]:
        """Yield the tasks newest first; none when the run lacks one of the tags."""
        return tasks_of(self._scope, self._records() if set(tags) <= self.tags else ())

    def __iter__(self) -> Iterator[Task]:
        return self.tasks()

    @property
    def task(self) -> Task | None:
        """The newest task."""
        return next(iter(self), None)

    @property
    def created_at(self) -> datetime | None:
        """When the first of the tasks began."""
        records = self._records()
        return moment(min(record.started_at for record in records)) if records else None

    @property
    def finished_at(self) -> datetime | None:
        """When the last of the tasks ended; None when any of them failed."""
        records = self._records()
        if not records or any(record.outcome == "failed" for record in records):
            return None
        return moment(max(record.finished_at for record in records))

    @property
    def parent_steps(self) -> Iterator[Step]:
        """The steps from which the run's graph leads here and which ran, without this one itself."""
        return self._steps(self._info.previous_steps(self.id))

    @property
    def child_steps(self) -> Iterator[Step]:
        """The steps to which the run's graph leads from here and which ran, without this one itself."""
        return self._steps(self._info.next_steps(self.id))

    def _steps(self, names: Iterable[str]) -> Iterator[Step]:
        for name in dict.fromkeys(names):
            step = Step._of(self._scope, (*self._names[:2], name))
            if name != self.id and step._exists():
                yield step

    def _records(self) -> list[AttemptRecord]:
        return RunRecords(self._scope.store, *self._names[:2]).live(self.id)

    def _child(self, name: str) -> Task:
        flow, run, step = self._names
        record = self._scope.store.read_newest(TaskAddress(flow, run, step, name)) if name else None
        if record is None:
            raise NotFound(f"{self!r} has no task {name!r}")
        return next(tasks_of(self._scope, [record]))

    def _exists(self) -> bool:
        return bool(self._scope.store.tasks(*self._names))
