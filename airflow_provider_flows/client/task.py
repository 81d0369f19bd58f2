"""Task: one task of a run, as its newest attempt, or a given one, left it. Any process; read only."""

from __future__ import annotations

import keyword
from collections import namedtuple
from datetime import datetime
from itertools import groupby
from typing import Any, Iterable, Iterator

from airflow_provider_flows.client.artifact import DataArtifact, TaskData, read_attempt
from airflow_provider_flows.client.base import ClientObject, moment
from airflow_provider_flows.client.lineage import RunRecords
from airflow_provider_flows.client.pathspec import format_names
from airflow_provider_flows.client.scope import Scope
from airflow_provider_flows.errors import ExceptionWrapper, NotFound
from airflow_provider_flows.flow.current import current
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import AttemptRecord, ParentRef


class Task(ClientObject[DataArtifact]):
    """`Task("Flow/run/step/task", attempt=None)`: there is one as soon as an attempt of it has ended.

    (`current.task` is there before, not finished, and has artifacts only of an earlier attempt.)

    Without `attempt`, the newest attempt counts; one that failed is looked for anew at each question, since a retry may
    follow. Attempts are numbered from 0 and upwards over all retries and clears.
    """

    _depth = 4
    _attempt: int | None = None
    _known: AttemptRecord | None = None

    def __init__(
        self, pathspec: str, attempt: int | None = None, *, root: str | None = None, _namespace_check: bool = True
    ) -> None:
        if attempt is not None:
            self._attempt = attempt
        super().__init__(pathspec, root=root, _namespace_check=_namespace_check)

    # How it went

    @property
    def successful(self) -> bool:
        """Whether the step's body ran to its end; False for a failure, caught or not (Metaflow 2.19)."""
        return self._outcome == "ok"

    @property
    def finished(self) -> bool:
        """Whether the flow can go on from here: the attempt is ok, or its failure was caught (Metaflow 2.19)."""
        return self._outcome in ("ok", "caught")

    @property
    def exception(self) -> ExceptionWrapper | None:
        """What a failed attempt failed of; None for a caught one, whose exception is an artifact (Metaflow 2.19)."""
        record = self._latest()
        return _wrapped(record.exception) if record and record.outcome == "failed" and record.exception else None

    @property
    def created_at(self) -> datetime:
        """When the attempt began."""
        return moment(self._record.started_at)

    @property
    def finished_at(self) -> datetime | None:
        """When the attempt ended; None when it failed."""
        return moment(self._record.finished_at) if self.finished else None

    @property
    def current_attempt(self) -> int:
        """The attempt that all answers are about."""
        return self._record.attempt

    @property
    def index(self) -> int | None:
        """The place among the splits of the innermost foreach, None outside of one."""
        path = self._record.path
        return path[-1] if path else None

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

    def __iter__(self) -> Iterator[DataArtifact]:
        record = self._record
        return (self._artifact(record, name) for name in sorted(record.artifacts) if not name.startswith("_"))

    def _child(self, name: str) -> DataArtifact:
        record = self._record
        if name not in record.artifacts:
            raise NotFound(f"{self!r} has no artifact {name!r}")
        return self._artifact(record, name)

    def _artifact(self, record: AttemptRecord, name: str) -> DataArtifact:
        return DataArtifact._of(self._scope, (*self._names, name), _attempt=record.attempt, _record=record)

    # Where it came from, and what went on from it

    @property
    def parent_tasks(self) -> Iterator[Task]:
        """The attempts that this one went on from, in the order of a join's inputs; NotFound when one was removed."""
        for step, refs in groupby(self._record.parents, key=lambda ref: ref.step):
            yield from self._parents(step, list(refs))

    @property
    def child_tasks(self) -> Iterator[Task]:
        """The tasks that went on from this very attempt, newest first."""
        record = self._record
        me = ParentRef(record.address.step, record.address.task, record.attempt)
        records = RunRecords(self._scope.store, *self._names[:2])
        for step in dict.fromkeys(record.transition or ()):
            yield from tasks_of(self._scope, (child for child in records.live(step) if me in child.parents))

    @property
    def parent_task_pathspecs(self) -> Iterator[str]:
        return (format_names((*self._names[:2], ref.step, ref.task)) for ref in self._record.parents)

    @property
    def child_task_pathspecs(self) -> Iterator[str]:
        return (task.pathspec for task in self.child_tasks)

    def _parents(self, step: str, refs: list[ParentRef]) -> Iterator[Task]:
        flow, run = self._names[:2]
        # A wide join has as many parents as its foreach had items: they are read together.
        newest = self._scope.store.read_step(flow, run, step) if len(refs) > 1 else {}
        for ref in refs:
            known = newest.get(ref.task)
            known = known if known is not None and known.attempt == ref.attempt else None
            task = Task._of(self._scope, (flow, run, step, ref.task), _attempt=ref.attempt, _known=known)
            task._require(task._exists())
            yield task

    # Reading

    @property
    def _record(self) -> AttemptRecord:
        record = self._latest()
        if record is None:
            raise self._not_found()
        return record

    @property
    def _outcome(self) -> str | None:
        record = self._latest()
        return None if record is None else record.outcome

    def _latest(self) -> AttemptRecord | None:
        if self._known is None or (self._attempt is None and self._known.outcome == "failed"):
            self._known = read_attempt(self._scope.store, TaskAddress(*self._names), self._attempt)
        return self._known

    def _exists(self) -> bool:
        return self._latest() is not None or (self._attempt is None and self._is_at_hand)

    @property
    def _is_at_hand(self) -> bool:
        """Whether this is the task that asks, as `current.task`: it exists before its first attempt has ended."""
        return self._names == (current.flow_name, current.run_id, current.step_name, current.task_id)

    def _state(self) -> dict[str, Any]:
        return {} if self._attempt is None else {"_attempt": self._attempt}

    def __repr__(self) -> str:
        suffix = "" if self._attempt is None else f", attempt={self._attempt}"
        return f"Task({self.pathspec!r}{suffix})"


def tasks_of(scope: Scope, records: Iterable[AttemptRecord]) -> Iterator[Task]:
    """Yield the tasks of records that were read already."""
    for record in records:
        address = record.address
        yield Task._of(scope, (address.flow, address.run, address.step, address.task), _known=record)


def _wrapped(fields: dict[str, str]) -> ExceptionWrapper:
    wrapper = ExceptionWrapper()
    wrapper.exception = fields.get("message", "")
    wrapper.type = fields.get("type", "")
    wrapper.stacktrace = fields.get("stacktrace")
    return wrapper
