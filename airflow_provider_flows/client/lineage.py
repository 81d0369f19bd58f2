"""Which of the tasks that a run's folder holds belong to the run as it is now. Any process; read only.

A task that was cleared and re-run may take another branch, or split into fewer items, than before. What its earlier
attempt led to is still there, and a fresh run would not have it: the client does not show it.
"""

from __future__ import annotations

from typing import Callable

from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import AttemptRecord, ParentRef, Store

_FEW = 4
"""Up to so many tasks, their parents are read one by one, not by the step."""


class RunRecords:
    """The newest records of one run, each read once."""

    def __init__(self, store: Store, flow: str, run: str) -> None:
        self._store, self._flow, self._run = store, flow, run
        self._steps: dict[str, dict[str, AttemptRecord]] = {}
        self._single: dict[tuple[str, str], AttemptRecord | None] = {}
        self._live: dict[tuple[str, str], bool] = {}
        self._by_step = False

    def live(self, step: str, wanted: Callable[[str], bool] | None = None) -> list[AttemptRecord]:
        """Return the step's tasks that belong to the run, newest first; of those alone whose id is `wanted`."""
        records = list(self._of_step(step).values()) if wanted is None else self._some(step, wanted)
        self._by_step = self._by_step or len(records) > _FEW
        return sorted(filter(self.is_live, records), key=creation, reverse=True)

    def killed(self, step: str) -> list[str]:
        """Return the step's tasks that left logs and no record: each of their attempts was killed, or is under way."""
        unknown = set(self._store.tasks(self._flow, self._run, step)) - set(self._of_step(step))
        return [name for name in sorted(unknown) if self._store.attempts(self._address(step, name))]

    def first_live(self, step: str) -> AttemptRecord | None:
        """Return a task of the step that belongs to the run, the first if possible: reads few records as a rule."""
        task = min(self._store.tasks(self._flow, self._run, step), key=lambda name: (len(name), name), default=None)
        record = self._newest(step, task) if task else None
        if record is not None and self.is_live(record):
            return record
        return next(reversed(self.live(step)), None)

    def is_live(self, record: AttemptRecord) -> bool:
        """Say whether the newest attempts of all tasks before this one lead to it. A join follows its first parent."""
        passed: dict[tuple[str, str], None] = {}
        verdict = True
        while True:
            key = (record.address.step, record.address.task)
            if key in self._live or key in passed:
                verdict = self._live.get(key, True)
                break
            passed[key] = None
            if not record.parents:
                break
            parent = self._parent(record, record.parents[0])
            if parent is None:
                break
            if not _leads_to(parent, record):
                verdict = False
                break
            record = parent
        self._live.update(dict.fromkeys(passed, verdict))
        return verdict

    def _parent(self, record: AttemptRecord, ref: ParentRef) -> AttemptRecord | None:
        if self._by_step or ref.step == record.address.step:
            return self._of_step(ref.step).get(ref.task)
        return self._newest(ref.step, ref.task)

    def _of_step(self, step: str) -> dict[str, AttemptRecord]:
        if step not in self._steps:
            self._steps[step] = self._store.read_step(self._flow, self._run, step)
        return self._steps[step]

    def _some(self, step: str, wanted: Callable[[str], bool]) -> list[AttemptRecord]:
        names = [name for name in self._store.tasks(self._flow, self._run, step) if wanted(name)]
        found = self._store.read_many([self._address(step, name) for name in names])
        return [record for record in found if record is not None]

    def _newest(self, step: str, task: str) -> AttemptRecord | None:
        if step in self._steps:
            return self._steps[step].get(task)
        if (step, task) not in self._single:
            self._single[step, task] = self._store.read_newest(self._address(step, task))
        return self._single[step, task]

    def _address(self, step: str, task: str) -> TaskAddress:
        return TaskAddress(self._flow, self._run, step, task)


def creation(record: AttemptRecord) -> tuple[float, tuple[int, ...], int]:
    """Sort records by time; at the same time, by place."""
    return record.started_at, record.path, record.iteration or 0


def _leads_to(parent: AttemptRecord, record: AttemptRecord) -> bool:
    """Say whether the newest attempt of a parent goes on to the task that an earlier attempt went on to."""
    step, depth = record.address.step, len(parent.path)
    if parent.address.step == step and parent.attempt != record.parents[0].attempt:
        return False  # an iteration that ran again, so those behind it will too, or never
    if parent.outcome == "failed" or parent.transition is None:
        return True  # nothing is known but that it ran this way before
    if step not in parent.transition:
        return False
    splits = parent.num_splits if len(record.path) > depth else None
    return splits is None or record.path[depth] < splits
