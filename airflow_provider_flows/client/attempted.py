"""A task as one attempt left it: how it went, and what it printed. Any process; read only."""

from __future__ import annotations

from dataclasses import astuple
from datetime import datetime, timezone
from typing import Any, Iterator

from airflow_provider_flows.client.artifact import DataArtifact, read_attempt
from airflow_provider_flows.client.base import ClientObject, moment
from airflow_provider_flows.client.origin import original, read_log
from airflow_provider_flows.client.pathspec import format_names
from airflow_provider_flows.errors import ExceptionWrapper, UsageError
from airflow_provider_flows.flow.current import current
from airflow_provider_flows.identity import TaskAddress, parse_task_id
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.store.log_format import STDERR, STDOUT, STREAMS, LogLine


class AttemptedTask(ClientObject[DataArtifact]):
    """What can be asked of a task apart from its artifacts and its kin."""

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
        """Whether the flow can continue from here: the attempt is ok, or its failure was caught (Metaflow 2.19)."""
        return self._outcome in ("ok", "caught")

    @property
    def exception(self) -> ExceptionWrapper | None:
        """What a failed attempt failed of; None for a caught one, whose exception is an artifact (Metaflow 2.19)."""
        record = self._latest()
        return (
            ExceptionWrapper.of(record.exception)
            if record and record.outcome == "failed" and record.exception
            else None
        )

    @property
    def created_at(self) -> datetime | None:
        """When the attempt began; when it left but a log, the time of its first line; None when it left nothing."""
        seconds = self._created
        return None if seconds is None else moment(seconds)

    @property
    def finished_at(self) -> datetime | None:
        """When the attempt ended; None when it failed."""
        record = self._latest()
        return moment(record.finished_at) if record is not None and self.finished else None

    @property
    def current_attempt(self) -> int:
        """The attempt that was asked for, or else the newest that left a record or a log; 0 before there is one."""
        if self._attempt is not None:
            return self._attempt
        return self._scope.store.newest_log(self._address) or 0

    @property
    def index(self) -> int | None:
        """The place among the splits of the innermost foreach, None outside of one."""
        path = self._path
        return path[-1] if path else None

    @property
    def is_cloned(self) -> bool:
        """Whether the attempt was taken over from the run that this one resumes."""
        return self._original is not None

    @property
    def origin_pathspec(self) -> str | None:
        source = self._original
        return None if source is None else format_names(astuple(source[0]))

    @property
    def runtime_name(self) -> str | None:
        """What ran the task: `local`, `airflow`."""
        return self._info.runtime

    # What it printed

    @property
    def stdout(self) -> str:
        """What the attempt printed to its standard output, each line with its end."""
        return self._printed(STDOUT)

    @property
    def stderr(self) -> str:
        """What the attempt printed to its standard error, each line with its end."""
        return self._printed(STDERR)

    @property
    def stdout_size(self) -> int:
        """Bytes of `stdout` in UTF-8."""
        return len(self.stdout.encode())

    @property
    def stderr_size(self) -> int:
        """Bytes of `stderr` in UTF-8."""
        return len(self.stderr.encode())

    def loglines(self, stream: str, as_unicode: bool = True) -> Iterator[tuple[datetime, str | bytes]]:
        """Yield the lines of `stdout` or `stderr` without their ends, each with its time.

        The time is in UTC and without a zone (Metaflow 2.19). Lines are bytes unless `as_unicode`.
        """
        if stream not in STREAMS:
            raise UsageError(f"loglines() takes 'stdout' or 'stderr', not {stream!r}.")
        for line in self._log():
            if line.stream == stream:
                time = datetime.fromtimestamp(line.time, timezone.utc).replace(tzinfo=None)
                yield time, line.text if as_unicode else line.text.encode()

    def _printed(self, stream: str) -> str:
        return "".join(f"{line.text}\n" for line in self._log() if line.stream == stream)

    def _log(self) -> list[LogLine]:
        return read_log(self._scope.store, self._address, self.current_attempt)

    # Reading

    @property
    def _address(self) -> TaskAddress:
        return TaskAddress(*self._names)

    @property
    def _attempts(self) -> list[int]:
        return self._scope.store.attempts(self._address)

    @property
    def _outcome(self) -> str | None:
        record = self._latest()
        return None if record is None else record.outcome

    @property
    def _created(self) -> float | None:
        record = self._latest()
        if record is not None:
            return record.started_at
        return next((line.time for line in self._log()), None)

    @property
    def _path(self) -> tuple[int, ...]:
        return place(*self._names[2:4])[0]

    @property
    def _original(self) -> tuple[TaskAddress, int] | None:
        record = self._latest()
        return original(record) if record is not None and record.metadata else None

    def _latest(self) -> AttemptRecord | None:
        """Return the attempt's record; without an attempt, the newest record, looked for anew after a failure."""
        if self._known is None or (self._attempt is None and self._known.outcome == "failed"):
            self._known = read_attempt(self._scope.store, self._address, self._attempt)
        return self._known

    def _exists(self) -> bool:
        if self._latest() is not None:
            return True
        if self._attempt is None:
            return bool(self._attempts) or self._is_at_hand or bool(self._shown_attempts)
        return self._attempt in (*self._attempts, *self._shown_attempts)

    @property
    def _shown_attempts(self) -> list[int]:
        """The attempts that have cards: those of one that is running are the first that there is of it."""
        return self._scope.store.card_attempts(self._address)

    @property
    def _is_at_hand(self) -> bool:
        """Whether this is the task that asks, as `current.task`: it exists before its first attempt has ended."""
        return self._names == (current.flow_name, current.run_id, current.step_name, current.task_id)

    def _state(self) -> dict[str, Any]:
        return {} if self._attempt is None else {"_attempt": self._attempt}

    def __repr__(self) -> str:
        suffix = "" if self._attempt is None else f", attempt={self._attempt}"
        return f"Task({self.pathspec!r}{suffix})"


def place(step: str, task_id: str) -> tuple[tuple[int, ...], int]:
    """Return the split path and the iteration that a task's id says; those of the only task for any other text."""
    try:
        path, iteration = parse_task_id(task_id, step)
    except ValueError:
        return (), 0
    return path, iteration or 0
