"""Finds what inside an object cannot be pickled, once pickling it failed. Worker process."""

from __future__ import annotations

import pickle
from typing import Any, Iterator

from airflow_provider_flows.errors import UnpicklableArtifact

_DEEPEST = 50


def unpicklable(artifact: str, value: object, error: Exception) -> UnpicklableArtifact:
    """Return the error that names the artifact, its type, and the path inside it to what cannot be pickled."""
    path, culprit = _find(value, f"self.{artifact}")
    reason = str(error).strip() or type(error).__name__
    message = f"Artifact {artifact!r} ({_name(value)}) cannot be pickled because of {path}: {_name(culprit)} ({reason})"
    return UnpicklableArtifact(f"{message}. Keep it in a local variable, or leave it out of the object.", artifact)


def _find(value: object, path: str) -> tuple[str, object]:
    seen = {id(value)}
    for _ in range(_DEEPEST):
        for step, child in _parts(value):
            if id(child) not in seen and not _pickles(child):
                seen.add(id(child))
                path, value = path + step, child
                break
        else:
            break
    return path, value


def _pickles(value: object) -> bool:
    try:
        pickle.Pickler(_Nowhere(), 5, buffer_callback=lambda _: None).dump(value)
    except Exception:
        return False
    return True


class _Nowhere:
    def write(self, data: bytes) -> int:
        return len(data)


def _parts(value: Any) -> Iterator[tuple[str, object]]:
    """Yield what a pickle of `value` would hold, each with what to write behind its path."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"[{key!r:.60}]", item
        for key in value:
            yield f".keys()[{key!r:.60}]", key
    if isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield f"[{index}]", item
    if isinstance(value, (set, frozenset)):
        for item in value:
            yield "{…}", item
    for name, item in _state(value).items():
        yield f".{name}", item


def _state(value: object) -> dict[str, object]:
    """Return the attributes that a pickle of `value` would hold."""
    if isinstance(value, type):
        return {}
    try:
        state = value.__reduce_ex__(5)[2]
    except Exception:  # it rejects by itself
        return {}
    parts = state if isinstance(state, tuple) else (state,)
    return {str(name): item for part in parts if isinstance(part, dict) for name, item in part.items()}


def _name(value: object) -> str:
    cls = type(value)
    name = cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"
    called = getattr(value, "__qualname__", None)
    return f"{name} {called}" if isinstance(called, str) and called != name else name
