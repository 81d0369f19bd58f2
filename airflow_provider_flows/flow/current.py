"""`current`: what a running step may ask about itself. Filled by the life cycle in the TASK phase; empty elsewhere."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Iterator

_ALWAYS = (
    *("flow_name", "run_id", "step_name", "task_id", "pathspec", "retry_count", "origin_run_id"),
    *("namespace", "username", "tags", "tempdir", "parameter_names", "graph"),
)


class Current:
    """The running task. `current.run_id`, `"project_name" in current`, `current.get("x", default)`.

    Outside of a step the names below are None and `is_running_flow` is False. Meaning as in Metaflow 2.19.
    """

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    @property
    def is_running_flow(self) -> bool:
        return bool(self._values.get("step_name"))

    @property
    def graph_info(self) -> Any:
        return self.graph

    @property
    def run(self) -> Any:
        """The client's view of this run, or None outside of one."""
        from airflow_provider_flows.client import Run  # the client reads the store, which most steps never ask for

        return Run(f"{self.flow_name}/{self.run_id}", _namespace_check=False) if self.run_id else None

    @property
    def task(self) -> Any:
        """The client's view of this task, or None outside of one."""
        from airflow_provider_flows.client import Task

        return Task(self.pathspec, _namespace_check=False) if self.pathspec else None

    def get(self, name: str, default: Any = None) -> Any:
        return getattr(self, name, default)

    def __contains__(self, name: str) -> bool:
        return getattr(self, name, None) is not None

    def __getattr__(self, name: str) -> Any:
        if name in self.__dict__.get("_values", ()):
            return self._values[name]
        if name == "graph":
            raise RuntimeError("current.graph is only known inside a running step")
        if name in _ALWAYS:
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
        self._values = {**values, "tempdir": os.curdir}
        try:
            yield
        finally:
            self._values = before


current = Current()
