"""Class constants: plain class attributes of a flow, stored once and read-only in steps."""

from __future__ import annotations

import types
from typing import Any

from airflow_provider_flows.flow.config_expression import ConfigExpression
from airflow_provider_flows.flow.parameters import Parameter

_NOT_CONSTANTS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.ModuleType,
    classmethod,
    staticmethod,
    property,
    type,
    ConfigExpression,
    Parameter,
)
_OWN_NAMES = frozenset({"cmd", "foreach_stack", "index", "input", "script_name", "name"})


def constants_of(flow_class: type, root: type) -> dict[str, Any]:
    """Return the constants of a flow class and its bases below `root` (FlowSpec), by name.

    Functions, properties, nested classes and names that begin with an underscore are not constants.
    """
    found: dict[str, Any] = {}
    for base in reversed(flow_class.__mro__):
        if base is root or not issubclass(base, root):
            continue
        for name, value in vars(base).items():
            found.pop(name, None)
            if not name.startswith("_") and name not in _OWN_NAMES and _is_plain(value):
                found[name] = value
    return found


def _is_plain(value: Any) -> bool:
    return not isinstance(value, _NOT_CONSTANTS) and not hasattr(type(value), "__get__")
