"""`current`: what a running step may ask about itself. Filled by the life cycle in the TASK phase; empty elsewhere."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Iterator

_ALWAYS = (
    *("flow_name", "run_id", "step_name", "task_id", "pathspec", "retry_count", "origin_run_id"),
    *("namespace", "username", "parameter_names"),
)
_NEVER = ("trigger",)
"""What flows ask for and no run here has: None, and unknown to `get`."""


class Current:
    """The running task. `current.run_id`, `"project_name" in current`, `current.get("x", default)`.

    Outside of a step `is_running_flow` is False, `graph` raises RuntimeError, and what belongs to a task is None; what
    decorators add (`project_name`, `parallel`, …) is not there. Nothing can be set. Meaning as in Metaflow 2.19.
    """

    __slots__ = ("_values",)
    _values: dict[str, Any]

    def __init__(self) -> None:
        self._values = {}

    @property
    def is_running_flow(self) -> bool:
        return bool(self._values.get("step_name"))

    @property
    def tags(self) -> set[str] | None:
        """The run's tags, in a set of the caller's own; None outside of a run."""
        tags = self._values.get("tags")
        return None if tags is None else set(tags)

    @property
    def tempdir(self) -> str:
        """Where a step may leave temporary files: the folder that it runs in."""
        return os.curdir

    @property
    def graph(self) -> Any:
        """The flow's steps and structure, as the artifact `_graph_info`."""
        if "graph" not in self._values:
            raise RuntimeError("current.graph is only known inside a running step")
        return self._values["graph"]

    @property
    def graph_info(self) -> Any:
        return self.graph

    @property
    def run(self) -> Any:
        """The client's view of this run, or None outside of one."""
        if not self.run_id:
            return None
        from airflow_provider_flows.client import Run  # the client reads the store, which most steps never ask for

        return Run._at(self.flow_name, self.run_id)

    @property
    def task(self) -> Any:
        """The client's view of this task, or None outside of one."""
        if not self.is_running_flow:
            return None
        from airflow_provider_flows.client import Task

        return Task._at(self.flow_name, self.run_id, self.step_name, self.task_id)

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *_ALWAYS, *self._values})

    def get(self, name: str, default: Any = None) -> Any:
        """Return what `current.<name>` is, and `default` where there is no such thing here."""
        if name in _NEVER:
            return default
        try:
            return getattr(self, name, default)
        except RuntimeError:  # the graph, outside of a step
            return default

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __getattr__(self, name: str) -> Any:
        if name == "_values":
            raise AttributeError(name)  # of an object that is being copied
        if name in self._values:
            return self._values[name]
        if name in _ALWAYS or name in _NEVER:
            return None
        raise AttributeError(f"current has no attribute {name!r} here")

    def _update_env(self, values: dict[str, Any]) -> None:
        """Add names for the rest of the task; the extension point of decorators."""
        self._values.update(values)

    @contextlib.contextmanager
    def _apart(self) -> Iterator[dict[str, Any]]:
        """Yield what is added while the block runs; it is gone after it, so that no flow sees another's names."""
        before, self._values = self._values, {}
        try:
            yield self._values
        finally:
            self._values = before

    @contextlib.contextmanager
    def _running(self, values: dict[str, Any]) -> Iterator[None]:
        """Hold `values` while the block runs; what was held before is put back after it."""
        before = self._values
        self._values = dict(values)
        try:
            yield
        finally:
            self._values = before


current = Current()


def current_names() -> tuple[str | None, ...]:
    """Return flow, run, step and task at hand, by name; None outside of a step."""
    return current.flow_name, current.run_id, current.step_name, current.task_id
