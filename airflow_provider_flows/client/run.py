"""Run: one run of a flow, on Airflow or elsewhere. Any process; read only but for its tags."""

from __future__ import annotations

from datetime import datetime
from typing import Iterable, Iterator

from airflow_provider_flows.client.artifact import TaskData
from airflow_provider_flows.client.base import ClientObject, moment
from airflow_provider_flows.client.code import FlowCode
from airflow_provider_flows.client.html import Table, card
from airflow_provider_flows.client.lineage import RunRecords
from airflow_provider_flows.client.outcome import outcome_of
from airflow_provider_flows.client.runinfo import RunInfo
from airflow_provider_flows.client.step import Step
from airflow_provider_flows.client.tags import checked, one_or_more, retagged
from airflow_provider_flows.client.task import Task
from airflow_provider_flows.errors import TaggingError
from airflow_provider_flows.flow.current import current_names
from airflow_provider_flows.identity import TaskAddress, task_id
from airflow_provider_flows.store import AttemptRecord


class Run(ClientObject[Step]):
    """`Run("Flow/run_id")`. A run is what its end step is: without one it is not finished, whatever went wrong.

    A run whose end step failed and was caught is `finished` and not `successful` (Metaflow 2.19): its data may lack
    what the step was to compute, so `latest_successful_run` passes it over.
    """

    _depth = 2
    _changed: RunInfo | None = None
    """What the record said after this object changed it; None as long as it has not."""

    @property
    def successful(self) -> bool:
        task = self.end_task
        return task is not None and task.successful

    @property
    def finished(self) -> bool:
        task = self.end_task
        return task is not None and task.finished

    @property
    def status(self) -> str:
        """How the run went: `successful`, `caught`, `failed at <step>` or `not finished`."""
        return outcome_of(self).status

    @property
    def finished_at(self) -> datetime | None:
        task = self.end_task
        return None if task is None else task.finished_at

    @property
    def created_at(self) -> datetime | None:
        """When the run started; where its record does not say so, when its first step began; None before that."""
        info = self._info
        record = self._newest(info.start_step) if info.started_at is None else None
        seconds = info.started_at if record is None else record.started_at
        return None if seconds is None else moment(seconds)

    @property
    def end_task(self) -> Task | None:
        """The task of the end step, None until it has ended once; inside the end step itself, the one at hand."""
        end = self._info.end_step
        names = (*self._names, end, task_id(end))
        record = self._newest(names[2])
        if record is None:
            return Task._of(self._scope, names) if names == current_names() else None
        return Task._of(self._scope, names, _known=record)

    @property
    def data(self) -> TaskData | None:
        """The end step's artifacts, None until it has ended once; none are there yet inside the end step itself."""
        task = self.end_task
        return None if task is None else task.data

    @property
    def code(self) -> FlowCode | None:
        """The sources that the run started with; None where none were kept, as of local runs that are not packaged."""
        return FlowCode.of(self._scope.store, self._names[0], self._info, self._info.code)

    @property
    def trigger(self) -> None:
        """None: no run is started by an event of Metaflow's."""
        return None

    def steps(self, *tags: str) -> Iterator[Step]:
        """Yield the steps that the run came through, newest first; none when the run lacks one of the tags."""
        times = self._step_times() if set(tags) <= self.tags else {}
        for name in sorted(times, key=lambda name: (times[name], name), reverse=True):
            yield Step._of(self._scope, (*self._names, name))

    def __iter__(self) -> Iterator[Step]:
        return self.steps()

    # Tags

    def add_tag(self, tag: str | Iterable[str]) -> None:
        """Add a tag. One that the system gave the run is not added again."""
        self.add_tags(one_or_more(tag))

    def add_tags(self, tags: Iterable[str]) -> None:
        """Add tags, at once or not at all; TaggingError, as for all that follow."""
        self.replace_tags([], tags)

    def remove_tag(self, tag: str | Iterable[str]) -> None:
        """Remove a tag, if it is there; the system's cannot be removed."""
        self.remove_tags(one_or_more(tag))

    def remove_tags(self, tags: Iterable[str]) -> None:
        """Remove those of the tags that are there."""
        self.replace_tags(tags, [])

    def replace_tag(self, tag_to_remove: str | Iterable[str], tag_to_add: str | Iterable[str]) -> None:
        """Remove a tag, then add another one, at once."""
        self.replace_tags(one_or_more(tag_to_remove), one_or_more(tag_to_add))

    def replace_tags(self, tags_to_remove: Iterable[str], tags_to_add: Iterable[str]) -> None:
        """Remove tags, then add others, at once. Concurrent changes by others are kept as well.

        This object shows the run's tags as they were right after its own last change (Metaflow 2.19).
        """
        remove, add = checked(tags_to_remove, "tags_to_remove"), checked(tags_to_add, "tags_to_add")
        if not remove and not add:
            raise TaggingError("There is no tag to add and none to remove.")
        flow, run = self._names
        written = self._scope.store.update_run(flow, run, lambda record: retagged(record, remove, add))
        self._changed = RunInfo.from_record(written)

    def _repr_html_(self) -> str:
        steps = list(self.steps())
        facts = {
            "status": self.status,
            "created": self.created_at,
            "finished": self.finished_at,
            "resumed from": self.origin_pathspec,
            "tags": self.tags,
        }
        rows = ((step.id, len(self._scope.store.tasks(*step._names))) for step in steps)
        return card(repr(self), facts, Table.of(("step", "tasks"), rows, len(steps)))

    # Reading

    @property
    def _info(self) -> RunInfo:
        return self._changed or super()._info

    def _step_times(self) -> dict[str, float]:
        """Return when each step began that the run came through."""
        records = RunRecords(self._scope.store, *self._names)
        times = {}
        for name in self._scope.store.steps(*self._names):
            if not name.startswith("_") and (began := self._began(name, records)) is not None:
                times[name] = began
        return times

    def _began(self, name: str, records: RunRecords) -> float | None:
        first = records.first_live(name)
        if first is not None:
            return first.started_at
        killed = Step._of(self._scope, (*self._names, name))._killed(records)
        return min((task._created or 0.0 for task in killed), default=None)

    def _newest(self, step: str) -> AttemptRecord | None:
        flow, run = self._names
        return self._scope.store.read_newest(TaskAddress.of(flow, run, step))

    def _child(self, name: str) -> Step:
        step = Step._of(self._scope, (*self._names, name))
        if not name or not step._exists():
            raise step._not_found()
        return step

    def _exists(self) -> bool:
        return self._scope.run_info(*self._names) is not None
