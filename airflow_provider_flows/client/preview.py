"""Short values of artifacts, for tables. Any process; runs no code of any class, whatever the store holds."""

from __future__ import annotations

import io
import pickle
import reprlib
from typing import Any, NoReturn

from airflow_provider_flows.store import ArtifactRef

_PLAIN = frozenset({"NoneType", "bool", "int", "float", "complex", "str", "bytes", "list", "tuple", "dict", "set"})
_LARGEST = 2_000
"""Bytes of a pickle that is looked into."""

_shown = reprlib.Repr()
_shown.maxstring = _shown.maxother = _shown.maxlong = 40
_shown.maxlevel = 2


def short_value(ref: ArtifactRef) -> str | None:
    """Return a plain value as up to some 60 characters; None for any other, and for a large one.

    What a record says of a type is a claim, so the pickle is read by an unpickler that knows no classes.
    """
    if ref.inline is None or ref.type not in _PLAIN or len(ref.inline) > _LARGEST:
        return None
    try:
        return _shown.repr(_PlainUnpickler(io.BytesIO(ref.inline)).load())
    except Exception:  # holds objects of classes, or is not a pickle: loading the artifact says what it is
        return None


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name} is not plain")

    def persistent_load(self, pid: Any) -> NoReturn:
        raise pickle.UnpicklingError("not plain")
