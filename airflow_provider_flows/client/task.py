"""Task: one task of a run, as its newest attempt, or a given one, left it. Any process; read only."""

from __future__ import annotations

import keyword
from collections import namedtuple
from functools import partial
from itertools import groupby
from typing import Any, Iterable, Iterator

from airflow_provider_flows.client.artifact import DataArtifact, TaskData, table_of
from airflow_provider_flows.client.attempted import AttemptedTask, place
from airflow_provider_flows.client.code import FlowCode
from airflow_provider_flows.client.html import card, status
from airflow_provider_flows.client.lineage import RunRecords
from airflow_provider_flows.client.metadata import Metadata, metadata_of
from airflow_provider_flows.client.pathspec import format_names
from airflow_provider_flows.client.scope import Scope
from airflow_provider_flows.store import AttemptRecord, ParentRef


class Task(AttemptedTask):
    """`Task("Flow/run/step/task", attempt=None)`: there is one as soon as an attempt of it has ended, or was killed.

    It is there before that once it shows a card while it runs.
    A killed attempt leaves a log and nothing else: it is not finished. (`current.task` is there before, and has
    artifacts only of an earlier attempt.)

    Without `attempt`, the newest attempt counts: of those that left a record for artifacts and outcomes, of all for the
    log (Metaflow 2.19). One that failed is looked for anew at each question, since a retry may follow. Attempts are
    numbered from 0 and upwards over all retries and clears.
    """

    # What it left

    @property
    def data(self) -> TaskData:
        """The values of the public artifacts, each loaded when it is asked for: `task.data.x`."""
        return TaskData({artifact.id: artifact for artifact in self})

    @property
    def artifacts(self) -> Any:
        """The artifacts as a named tuple of DataArtifact: those whose names can be a field."""
        found = {one.id: one for one in self if one.id.isidentifier() and not keyword.iskeyword(one.id)}
        return namedtuple("Artifacts", list(found))(**found)

    @property
    def metadata(self) -> list[Metadata]:
        """What is known of all attempts, or of the one that was asked for, oldest first."""
        numbers = self._attempts if self._attempt is None else [self._attempt]
        records = (self._scope.store.read_attempt(self._address, number) for number in numbers)
        return metadata_of(self, (record for record in records if record is not None))

    @property
    def metadata_dict(self) -> dict[str, str]:
        """The newest value of each name."""
        return {one.name: one.value for one in self.metadata}

    @property
    def code(self) -> FlowCode | None:
        """The sources that the attempt ran with; None where the run kept none, as local runs that are not packaged."""
        record = self._latest()
        return FlowCode.of(self._scope.store, self._names[0], self._info, None if record is None else record.code)

    @property
    def environment_info(self) -> None:
        """None: tasks run in the environment that they find, and nothing is recorded of it."""
        return None

    def __iter__(self) -> Iterator[DataArtifact]:
        record = self._latest()
        names = sorted(record.artifacts) if record is not None else []
        return (self._artifact(record, name) for name in names if record is not None and not name.startswith("_"))

    def _child(self, name: str) -> DataArtifact:
        record = self._latest()
        if record is None or name not in record.artifacts:
            raise DataArtifact._of(self._scope, (*self._names, name))._not_found()
        return self._artifact(record, name)

    def _artifact(self, record: AttemptRecord, name: str) -> DataArtifact:
        return DataArtifact._of(self._scope, (*self._names, name), _attempt=record.attempt, _record=record)

    def _repr_html_(self) -> str:
        facts = {
            "status": self._status,
            "attempt": str(self.current_attempt),
            "created": self.created_at,
            "finished": self.finished_at,
            "exception": self.exception and self.exception.type,
            "taken over from": self.origin_pathspec,
            "tags": self.tags,
        }
        return card(repr(self), facts, table_of({artifact.id: artifact for artifact in self}))

    @property
    def _status(self) -> str:
        return status(self.finished, self.successful, ended=self._latest() is not None)

    # Where it came from, and what went on from it

    @property
    def parent_tasks(self) -> Iterator[Task]:
        """The attempts that this one went on from, in the order of a join's inputs; NotFound when one was removed."""
        for step, refs in groupby(self._parents, key=lambda ref: ref.step):
            yield from self._tasks(step, list(refs))

    @property
    def child_tasks(self) -> Iterator[Task]:
        """The tasks that went on from this very attempt, newest first."""
        record = self._latest()
        if record is None:
            return
        me = record.ref()
        records = RunRecords(self._scope.store, *self._names[:2])
        for step in dict.fromkeys(record.transition or ()):
            near = records.live(step, partial(_may_follow, record.path, step))
            yield from tasks_of(self._scope, (child for child in near if me in child.parents))

    @property
    def parent_task_pathspecs(self) -> Iterator[str]:
        return (format_names((*self._names[:2], ref.step, ref.task)) for ref in self._parents)

    @property
    def child_task_pathspecs(self) -> Iterator[str]:
        return (task.pathspec for task in self.child_tasks)

    @property
    def _parents(self) -> tuple[ParentRef, ...]:
        record = self._latest()
        return () if record is None else record.parents

    def _tasks(self, step: str, refs: list[ParentRef]) -> Iterator[Task]:
        flow, run = self._names[:2]
        # A wide join has as many parents as its foreach had items: they are read together.
        newest = self._scope.store.read_step(flow, run, step) if len(refs) > 1 else {}
        for ref in refs:
            known = newest.get(ref.task)
            known = known if known is not None and known.attempt == ref.attempt else None
            task = Task._of(self._scope, (flow, run, step, ref.task), _attempt=ref.attempt, _known=known)
            task._require(task._exists())
            yield task


def tasks_of(scope: Scope, records: Iterable[AttemptRecord]) -> Iterator[Task]:
    """Yield the tasks of records that were read already."""
    for record in records:
        address = record.address
        yield Task._of(scope, (address.flow, address.run, address.step, address.task), _known=record)


def _may_follow(parent: tuple[int, ...], step: str, task: str) -> bool:
    """Whether a step's task can follow one at the path `parent`: the same place, a split of it, or its join."""
    path, _ = place(step, task)
    shared = min(len(path), len(parent))
    return abs(len(path) - len(parent)) < 2 and path[:shared] == parent[:shared]
