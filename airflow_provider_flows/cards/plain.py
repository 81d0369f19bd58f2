"""Values as plain data and as short text, by their exact types: no method of a user's class is ever called. TASK phase.

What is shown of an object of any other class is the name of that class.
"""

from __future__ import annotations

import datetime
import decimal
import json
import math
import pathlib
import sys
import uuid
from typing import Any, Iterator

_NUMBERS = (bool, int, float, complex, decimal.Decimal)
_STANDARD = (
    *(datetime.datetime, datetime.date, datetime.time, datetime.timedelta, uuid.UUID, range),
    *(pathlib.PosixPath, pathlib.PurePosixPath, pathlib.WindowsPath, pathlib.PureWindowsPath),
)
_OF_LIBRARIES = {"numpy": ("generic",), "pandas": ("Timestamp", "Timedelta", "Period", "Interval")}
"""Classes whose values have a short `str`, by the package that has them."""
_OF_OBJECTS = ("object_", "void", "record")
"""Those of NumPy's that may hold objects of any class."""
_ZONES = ("datetime", "zoneinfo", "pytz", "dateutil", "pandas")
_BRACKETS: dict[type, str] = {list: "[]", tuple: "()", set: "{}", frozenset: "{}", dict: "{}"}

MOST_ITEMS = 50
"""Items of a container that are shown."""
_DEEPEST = 4
_LONGEST_NUMBER = 4000
"""Bits of an integer that is written out: more take quadratic time."""
_DEEPEST_DATA = 60


def type_name(value: Any) -> str:
    """Return `pandas.DataFrame`, `int`."""
    kind, module = type(value), module_of(value)
    root = module.partition(".")[0] if module.partition(".")[0] in ("pandas", "numpy", "polars") else module
    return kind.__qualname__ if module == "builtins" else f"{root}.{kind.__qualname__}"


def module_of(value: Any) -> str:
    """Return the module of a value's class."""
    module = type(value).__module__
    return module if type(module) is str else ""


def text_of(value: Any, longest: int = 300) -> str:
    """Return a value as short text: strings as they are, other known types as Python writes them."""
    text = value if type(value) is str else _write(value, 0)
    return text if len(text) <= longest else f"{text[:longest]}…"


def is_known(value: Any) -> bool:
    """Whether `text_of` shows the value itself, not only the name of its class."""
    return type(value) in (str, bytes, type(None), *_NUMBERS, *_STANDARD, *_BRACKETS) or _is_of_library(value)


def plain(value: Any, depth: int = 0) -> Any:
    """Return data that JSON can say; what it cannot is shown as text."""
    kind = type(value)
    if kind in (str, bool, type(None)):
        return value
    if kind is int:
        return value if abs(value) < 1 << 53 else _write(value, 0)
    if kind is float:
        return value if math.isfinite(value) else _write(value, 0)
    if issubclass(kind, str):  # as NumPy's: its characters, whatever its methods say
        return str.__str__(value)
    if depth > _DEEPEST_DATA:
        return "…"
    if kind is dict or (issubclass(kind, dict) and module_of(value) == "collections"):
        return {text_of(key): plain(each, depth + 1) for key, each in dict.items(value)}
    if kind in (list, tuple):
        return [plain(each, depth + 1) for each in value]
    if _is_of_library(value) and module_of(value) == "numpy":
        found = value.item()
        return plain(found, depth + 1) if type(found) in (bool, int, float, str) else text_of(found)
    return text_of(value)


def to_json(data: Any) -> bytes:
    """Return plain data as JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def _write(value: Any, depth: int) -> str:
    kind = type(value)
    if kind is int and value.bit_length() > _LONGEST_NUMBER:
        return f"‹int of {value.bit_length():,} bits›"
    if kind in (type(None), *_NUMBERS):
        return repr(value)
    if kind in (str, bytes):
        return repr(value[:300]) if len(value) <= 300 else f"{value[:300]!r}…"
    if kind in _STANDARD or _is_of_library(value):
        return str(_with_known_zone(value))
    if kind in _BRACKETS:
        return _container(value, depth)
    return f"‹{type_name(value)}›"


def _container(value: Any, depth: int) -> str:
    brackets = _BRACKETS[type(value)]
    first, last = brackets[0], brackets[1]
    if not value:
        return "set()" if type(value) is set else f"{first}{last}"
    if depth >= _DEEPEST:
        return f"{first}…{last}"
    parts = list(_items(value, depth + 1))
    comma = "," if type(value) is tuple and len(value) == 1 else ""
    return f"{first}{', '.join(parts)}{comma}{last}"


def _items(value: Any, depth: int) -> Iterator[str]:
    for index, each in enumerate(value.items() if type(value) is dict else value):
        if index == MOST_ITEMS:
            yield f"… {len(value) - MOST_ITEMS:,} more"
            return
        yield f"{_write(each[0], depth)}: {_write(each[1], depth)}" if type(value) is dict else _write(each, depth)


def _with_known_zone(value: Any) -> Any:
    """Return a time without its zone where that is an object of somebody's class, which would be asked for its name."""
    zone = getattr(value, "tzinfo", None)
    known = zone is None or module_of(zone).partition(".")[0] in _ZONES
    return value if known else value.replace(tzinfo=None)


def _is_of_library(value: Any) -> bool:
    """Whether a value is of one of those classes; asked of modules that are loaded, so nothing is imported."""
    package = module_of(value).partition(".")[0]
    module = sys.modules.get(package)
    classes = tuple(getattr(module, name) for name in _OF_LIBRARIES.get(package, ()) if hasattr(module, name))
    return issubclass(type(value), classes) and type(value).__name__ not in _OF_OBJECTS
