"""Callbacks named by import path, so that a compiled DAG stays text and parsing it imports none of them."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class ImportedCallback:
    """Calls the function at `module.function`, imported when it is first needed: in the worker or the DAG processor."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __call__(self, context: Any) -> Any:
        module, _, name = self.path.rpartition(".")
        return getattr(import_module(module), name)(context)

    def __repr__(self) -> str:
        return f"ImportedCallback({self.path!r})"


def with_imported_callbacks(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return operator arguments with each `on_…_callback` that is given as text, or a list of texts, made callable."""
    return {
        key: _callable(value) if key.startswith("on_") and key.endswith("_callback") else value
        for key, value in arguments.items()
    }


def _callable(value: Any) -> Any:
    if isinstance(value, str):
        return ImportedCallback(value)
    return [_callable(item) for item in value] if isinstance(value, (list, tuple)) else value
