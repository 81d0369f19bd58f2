"""The plan of a DAG: what will be written, without any text. LAUNCH phase, in `flows-compile`.

Values in a plan are what a Python literal can say: None, bool, int, float, str, bytes, tuple, list, dict, and the few
objects that the emitter knows by name (`timedelta`, aware `datetime`, `Timetable`, `Callback`); no value can ever
become code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Arguments = tuple[tuple[str, Any], ...]
"""Keyword arguments of a call, in the order in which they are written."""


@dataclass(frozen=True)
class TaskPlan:
    """One Airflow task. `task_id` is unique in the DAG; `variable` is its name in the file."""

    task_id: str
    variable: str
    operator: str
    step: str
    arguments: Arguments = ()


@dataclass(frozen=True)
class EdgePlan:
    """One dependency between two names of the file: variables of tasks or of groups.

    `upstream` and `downstream` are task ids or group ids; `label` is shown on the edge (the case of a switch).
    """

    upstream: str
    downstream: str
    label: str | None = None


@dataclass(frozen=True)
class GroupPlan:
    """One segment of a foreach's body: a task group mapped over the splits that task `over` returns."""

    group_id: str
    variable: str
    over: str
    tasks: tuple[TaskPlan, ...]
    edges: tuple[EdgePlan, ...]
    arguments: Arguments = ()


@dataclass(frozen=True)
class ParamPlan:
    """One DAG `Param`: its default (absent when required) and its JSON schema and form hints."""

    name: str
    arguments: Arguments
    required: bool = False
    default: Any = None


@dataclass(frozen=True)
class Timetable:
    """A schedule that needs more than a string: `CronTriggerTimetable(cron, timezone=…)`."""

    cron: str
    timezone: str


@dataclass(frozen=True)
class Callback:
    """A function by its import path, which is imported when it is first called."""

    path: str


@dataclass(frozen=True)
class FlowCode:
    """The flow inside the DAG file: its name, entry file, sources and how to set it up in the worker."""

    name: str
    entry: str
    digest: str
    sources: Mapping[str, str | bytes]
    arguments: Arguments = ()


@dataclass(frozen=True)
class DagPlan:
    """A whole DAG file. `blocks` are in topological order, so every name is written before it is used."""

    flow: FlowCode
    dag_id: str
    arguments: Arguments
    blocks: tuple[TaskPlan | GroupPlan, ...]
    edges: tuple[EdgePlan, ...]
    params: tuple[ParamPlan, ...] = ()
    version: str = field(default="")

    @property
    def tasks(self) -> Iterator[TaskPlan]:
        """The tasks, in the order in which they are defined."""
        for block in self.blocks:
            yield from block.tasks if isinstance(block, GroupPlan) else (block,)
