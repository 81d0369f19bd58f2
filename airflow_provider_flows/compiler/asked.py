"""What the decorators of a step ask of its Airflow operator, checked. LAUNCH phase, in `flows-compile`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from airflow_provider_flows.compiler.arguments import SET_BY_US
from airflow_provider_flows.errors import FlowsError, InvalidFlow
from airflow_provider_flows.flow.tracebacks import raised_at


def asked_of_operator(step: Any) -> dict[str, Any]:
    """Return the operator arguments that a step's decorators ask for; of two that want one thing, the outer one wins.

    Callbacks add up. InvalidFlow, at the decorator's line, for an argument that is not theirs to set.
    """
    asked: dict[str, Any] = {}
    for decorator in step.decorators:
        for key, value in _arguments(decorator):
            asked[key] = [*asked.get(key, []), *_paths(decorator, key, value)] if _is_callback(key) else value
    return asked


def _arguments(decorator: Any) -> Iterator[tuple[str, Any]]:
    try:
        arguments = dict(decorator.operator_arguments())
    except FlowsError:
        raise
    except Exception as error:
        what = f"operator_arguments of @{decorator.name} failed: {type(error).__name__}: {error}"
        raise InvalidFlow([decorator.problem(what, f"It was raised at {raised_at(error)}.")]) from error
    for key, value in arguments.items():
        if key in SET_BY_US or not str(key).isidentifier():
            what = f"@{decorator.name} asks for the operator argument {key!r}, which it cannot set."
            raise InvalidFlow([decorator.problem(what)])
        yield key, value


def _is_callback(key: str) -> bool:
    return key.startswith("on_") and key.endswith("_callback")


def _paths(decorator: Any, key: str, value: Any) -> list[str]:
    paths: list[Any] = (
        [value] if isinstance(value, str) else list(value) if isinstance(value, (list, tuple)) else [None]
    )
    for path in paths:
        parts = path.split(".") if isinstance(path, str) else []
        if len(parts) < 2 or not all(part.isidentifier() for part in parts):
            shown = repr(value if path is None else path)
            what = f"@{decorator.name} asks for {key}={shown}, which is no import path."
            raise InvalidFlow([decorator.problem(what, "Write it as text: package.module.function.")])
    return paths
