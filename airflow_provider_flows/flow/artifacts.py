"""Which attributes of a flow object are artifacts when its step ends. TASK phase."""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import Any

from airflow_provider_flows.flow.parameters import Parameter

EPHEMERAL = frozenset({"_flows_state"})
_DROPPED = (types.FunctionType, types.MethodType, Parameter)
_IMMUTABLE = (int, float, complex, str, bytes, bool, type(None), range)


@dataclass(frozen=True)
class Artifacts:
    """`changed` must be stored; `carried` are references that go on as they are; `dropped` cannot be artifacts."""

    changed: dict[str, Any]
    carried: dict[str, Any]
    dropped: tuple[str, ...]


def artifacts_of(flow: Any) -> Artifacts:
    """Sort a flow object's attributes. A value that was loaded counts as changed unless its type is immutable.

    Functions and methods cannot be artifacts, as in Metaflow 2.19; here the log says so.
    """
    state = flow._flows_state
    changed: dict[str, Any] = {}
    dropped: list[str] = []
    for name, value in flow.__dict__.items():
        if name in EPHEMERAL or name.startswith("__"):
            continue
        if isinstance(value, _DROPPED):
            dropped.append(name)
        elif not _is_untouched(state, name, value):
            changed[name] = value
    carried = {name: ref for name, ref in state.refs.items() if name not in changed and name not in dropped}
    return Artifacts(changed, carried, tuple(dropped))


def _is_untouched(state: Any, name: str, value: Any) -> bool:
    return name in state.loaded and state.loaded[name] is value and type(value) in _IMMUTABLE
