"""Step: the tasks of one step of a run. Any process; read only."""

from __future__ import annotations

from datetime import datetime
from typing import Iterable, Iterator

from airflow_provider_flows.client.attempted import place
from airflow_provider_flows.client.base import ClientObject, moment
from airflow_provider_flows.client.html import Table, card
from airflow_provider_flows.client.lineage import RunRecords
from airflow_provider_flows.client.task import Task, tasks_of


class Step(ClientObject[Task]):
    """`Step("Flow/run/step")`: there is one as soon as an attempt of any of its tasks has ended, or was killed.

    What a foreach that was cleared no longer splits into, and what an iteration that ran again no longer leads to, is
    not listed; `step[task_id]` still finds it.
    """

    _depth = 3

    def tasks(self, *tags: str) -> Iterator[Task]:
        """Yield the tasks newest first; none when the run lacks one of the tags."""
        return iter(self._tasks() if set(tags) <= self.tags else ())

    def __iter__(self) -> Iterator[Task]:
        return self.tasks()

    @property
    def task(self) -> Task | None:
        """The newest task."""
        return next(iter(self), None)

    def control_tasks(self, *tags: str) -> Iterator[Task]:
        """Yield the tasks that lead the others of their `num_parallel`: those of index 0; none in any other step."""
        info = self._info
        parallel = any(info.step_type(name) == "split-parallel" for name in info.previous_steps(self.id))
        return (task for task in self.tasks(*tags) if parallel and task.index == 0)

    @property
    def control_task(self) -> Task | None:
        """The newest of the control tasks."""
        return next(self.control_tasks(), None)

    @property
    def created_at(self) -> datetime | None:
        """When the first of the tasks began."""
        seconds = min((task._created for task in self._tasks() if task._created is not None), default=None)
        return None if seconds is None else moment(seconds)

    @property
    def finished_at(self) -> datetime | None:
        """When the last of the tasks ended; None when any of them failed."""
        times = [task.finished_at for task in self._tasks()]
        return None if not times or None in times else max(time for time in times if time is not None)

    @property
    def environment_info(self) -> None:
        """None: tasks run in the environment that they find, and nothing is recorded of it."""
        return None

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

    def _tasks(self) -> list[Task]:
        records = RunRecords(self._scope.store, *self._names[:2])
        tasks, killed = list(tasks_of(self._scope, records.live(self.id))), self._killed(records)
        return sorted([*tasks, *killed], key=_creation, reverse=True) if killed else tasks

    def _killed(self, records: RunRecords) -> list[Task]:
        return [Task._of(self._scope, (*self._names, name)) for name in records.killed(self.id)]

    def _child(self, name: str) -> Task:
        task = Task._of(self._scope, (*self._names, name))
        if not name or not task._exists():
            raise task._not_found()
        return task

    def _repr_html_(self) -> str:
        tasks = self._tasks()
        facts = {"tasks": len(tasks), "tags": self.tags}
        rows = ((one.id, one._status, one.current_attempt, one.created_at, one.finished_at) for one in tasks)
        return card(repr(self), facts, Table.of(("task", "status", "attempt", "created", "finished"), rows, len(tasks)))

    def _exists(self) -> bool:
        return bool(self._scope.store.tasks(*self._names))


def _creation(task: Task) -> tuple[float, tuple[int, ...], int]:
    """Sort tasks by time; at the same time, by place."""
    return task._created or 0.0, *place(*task._names[2:4])
