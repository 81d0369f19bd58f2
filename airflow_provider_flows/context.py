"""What a decorator may know of where it runs: the phase, and the context of the task at hand. Any phase.

A context belongs to one task. `system_context` resolves to it through a `contextvars` variable, so that two tasks that
one process launches at once can never see each other's fields; outside of a task it resolves to the flow's context.
The names are those of Metaflow 2.19's `system_context`.
"""

from __future__ import annotations

import contextlib
import contextvars
import enum
from typing import Any, Iterator


class ExecutionPhase(enum.Enum):
    """LAUNCH: `flows-compile` and the launcher of a local run. TRAMPOLINE: a process that hands a task over to another
    interpreter. TASK: where user code runs, on Airflow inside the operator's `execute()`."""

    LAUNCH = "launch"
    TRAMPOLINE = "trampoline"
    TASK = "task"


_FLOW_FIELDS = ("phase", "flow", "graph", "environment", "flow_datastore", "metadata", "logger", "package", "run_id")
_TASK_FIELDS = (
    "input_paths",
    "task_id",
    "task_datastore",
    "ubf_context",
    "is_cloned",
    "split_index",
    "retry_count",
    "max_user_code_retries",
    "inputs",
)
_FIELDS = frozenset(_FLOW_FIELDS + _TASK_FIELDS)


class SystemContext:
    """The fields of one task over those of its flow; a field that is not known yet is None.

    What decorators publish is shared by all contexts of one flow in one process; it is created again by the hooks of
    each process (`step_init` runs in LAUNCH and in TASK), never sent from one to the other.
    """

    def __init__(self, parent: SystemContext | None = None, **fields: Any) -> None:
        self._parent = parent
        self._fields: dict[str, Any] = {}
        self._published: dict[str, dict[str, dict[str, Any]]] = parent._published if parent else {}
        self._step_decorators: dict[str, list[Any]] = parent._step_decorators if parent else {}
        self._update(**fields)

    def __getattr__(self, name: str) -> Any:
        if name not in _FIELDS:
            raise AttributeError(f"the system context has no field {name!r}")
        if name in self._fields:
            return self._fields[name]
        return getattr(self._parent, name) if self._parent is not None else None

    @property
    def is_launch(self) -> bool:
        return self.phase is ExecutionPhase.LAUNCH

    @property
    def is_trampoline(self) -> bool:
        return self.phase is ExecutionPhase.TRAMPOLINE

    @property
    def is_task(self) -> bool:
        return self.phase is ExecutionPhase.TASK

    def publish(self, step_name: str, namespace: str, key: str, value: Any) -> None:
        """Leave `value` for other decorators of this process, under a step, a namespace and a key."""
        self._published.setdefault(step_name, {}).setdefault(namespace, {})[key] = value

    def get_published(self, step_name: str, namespace: str, key: str, default: Any = None) -> Any:
        return self._published.get(step_name, {}).get(namespace, {}).get(key, default)

    def has_published(self, step_name: str, namespace: str, key: str | None = None) -> bool:
        values = self._published.get(step_name, {}).get(namespace, {})
        return bool(values) if key is None else key in values

    def get_all_published(self, step_name: str, namespace: str) -> dict[str, Any]:
        return dict(self._published.get(step_name, {}).get(namespace, {}))

    def register_step_decorators(self, step_name: str, decorators: list[Any]) -> None:
        self._step_decorators[step_name] = decorators

    def get_step_decorators(self, step_name: str) -> list[Any]:
        """Return the step's decorators, those attached late included."""
        return list(self._step_decorators.get(step_name, []))

    def _update(self, **fields: Any) -> None:
        unknown = sorted(set(fields) - _FIELDS)
        if unknown:
            raise AttributeError(f"the system context has no field {', '.join(map(repr, unknown))}")
        self._fields.update(fields)

    def _values(self, **more: Any) -> dict[str, Any]:
        """Return what hooks may be given, by name: all fields, those of the parent included, and `more`."""
        return {**{name: getattr(self, name) for name in _FIELDS}, **more}


_current: contextvars.ContextVar[SystemContext | None] = contextvars.ContextVar("flows_system_context", default=None)
_outside = SystemContext()


def current_context() -> SystemContext:
    """Return the context of the task (or else the flow) at hand; an empty one outside of both."""
    return context_at_hand() or _outside


def context_at_hand() -> SystemContext | None:
    """Return the context of the task or flow at hand; None outside of both."""
    return _current.get()


@contextlib.contextmanager
def entered(context: SystemContext) -> Iterator[SystemContext]:
    """Make `context` the one at hand, in this thread or asyncio task, while the block runs."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


class _Proxy:
    """`system_context`: forwards to the context at hand, so that it can be imported once and used anywhere."""

    __slots__ = ()  # so that nothing can be set on what all tasks share

    def __getattr__(self, name: str) -> Any:
        return getattr(current_context(), name)


system_context = _Proxy()
