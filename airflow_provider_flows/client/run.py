"""Run: one run of a flow, on Airflow or elsewhere. Any process; read only."""

from __future__ import annotations

from datetime import datetime
from typing import Iterator

from airflow_provider_flows.client.artifact import TaskData
from airflow_provider_flows.client.base import ClientObject, moment
from airflow_provider_flows.client.lineage import RunRecords
from airflow_provider_flows.client.step import Step
from airflow_provider_flows.client.task import Task
from airflow_provider_flows.errors import NotFound
from airflow_provider_flows.identity import TaskAddress, task_id
from airflow_provider_flows.store import AttemptRecord


class Run(ClientObject[Step]):
    """`Run("Flow/run_id")`. A run is what its end step is: without one it is not finished, whatever went wrong.

    A run whose end step failed and was caught is `finished` and not `successful` (Metaflow 2.19): its data may lack
    what the step was to compute, so `latest_successful_run` passes it over.
    """

    _depth = 2

    @property
    def successful(self) -> bool:
        task = self.end_task
        return task is not None and task.successful

    @property
    def finished(self) -> bool:
        task = self.end_task
        return task is not None and task.finished

    @property
    def finished_at(self) -> datetime | None:
        task = self.end_task
        return None if task is None else task.finished_at

    @property
    def created_at(self) -> datetime | None:
        """When the first step began; None until it has ended once."""
        record = self._newest(self._info.start_step)
        return None if record is None else moment(record.started_at)

    @property
    def end_task(self) -> Task | None:
        """The task of the end step, None until it has ended once."""
        end_step = self._info.end_step
        record = self._newest(end_step)
        return None if record is None else Task._of(self._scope, (*self._names, end_step, task_id()), _known=record)

    @property
    def data(self) -> TaskData | None:
        """The end step's artifacts, None until it has ended once."""
        task = self.end_task
        return None if task is None else task.data

    def steps(self, *tags: str) -> Iterator[Step]:
        """Yield the steps that the run came through, newest first; none when the run lacks one of the tags."""
        records = RunRecords(self._scope.store, *self._names)
        names = [name for name in self._scope.store.steps(*self._names) if not name.startswith("_")]
        times = {name: first.started_at for name in names for first in [records.first_live(name)] if first is not None}
        if set(tags) <= self.tags:
            for name in sorted(times, key=lambda name: (times[name], name), reverse=True):
                yield Step._of(self._scope, (*self._names, name))

    def __iter__(self) -> Iterator[Step]:
        return self.steps()

    def _newest(self, step: str) -> AttemptRecord | None:
        flow, run = self._names
        return self._scope.store.read_newest(TaskAddress(flow, run, step, task_id()))

    def _child(self, name: str) -> Step:
        step = Step._of(self._scope, (*self._names, name))
        if not name or not step._exists():
            raise NotFound(f"{self!r} has no step {name!r}")
        return step

    def _exists(self) -> bool:
        return self._scope.run_info(*self._names) is not None
