"""Decorators that other distributions bring along, by entry points of `airflow_provider_flows.decorators`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from airflow_provider_flows.decorators import builtin
from airflow_provider_flows.decorators.base import FlowDecorator, StepDecorator
from airflow_provider_flows.errors import DecoratorError, words_of

GROUP = "airflow_provider_flows.decorators"


@lru_cache(maxsize=1)
def plugin_decorators() -> dict[str, type[Any]]:
    """Return the decorator classes by name; DecoratorError, naming the distribution, for one that cannot be used."""
    found: dict[str, type[Any]] = {}
    for entry in _entries():
        cls = _load(entry)
        if cls.name in builtin.STEP or cls.name in builtin.FLOW:
            raise DecoratorError(f"{_origin(entry)} is called {cls.name!r} like a built-in decorator. Uninstall it.")
        if cls.name in found:
            raise DecoratorError(
                f"Two distributions bring a decorator {cls.name!r}; one is {_origin(entry)}. Remove one."
            )
        found[cls.name] = cls
    return found


def _entries() -> list[Any]:
    from importlib import metadata  # slow to import, and most flows use no plugin

    every: Any = metadata.entry_points()
    return list(every.select(group=GROUP) if hasattr(every, "select") else every.get(GROUP, ()))


def _load(entry: Any) -> type[Any]:
    try:
        cls = entry.load()
    except Exception as error:
        raise DecoratorError(f"{_origin(entry)} is broken: {entry.value} cannot be imported: {words_of(error)}. "
                             "Fix or uninstall it.") from error  # fmt: skip
    if not (isinstance(cls, type) and issubclass(cls, (StepDecorator, FlowDecorator))):
        raise DecoratorError(f"{_origin(entry)} is broken: {entry.value} is not a StepDecorator or FlowDecorator.")
    return cls


def _origin(entry: Any) -> str:
    distribution = getattr(entry, "dist", None)
    name = distribution.metadata["Name"] if distribution is not None else "unknown"
    return f"the decorator plugin {entry.name!r} of the distribution {name}"
