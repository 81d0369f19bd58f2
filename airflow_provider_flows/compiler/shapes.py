"""What a value must look like before Airflow is given it. LAUNCH phase, in `flows-compile`; imports no Airflow.

A shape takes a value, from JSON or from a decorator, and returns it as a plan holds it. ValueError when it is another
one, with words that follow "X must be": `a whole number from 1 to 10`.
"""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow_provider_flows.compiler.airflow_text import is_airflow_text

Shape = Callable[[object], Any]

LARGEST = 2**31 - 1
"""The largest whole number that Airflow's database has room for."""
LONGEST = 10 * 365 * 24 * 3600
"""Seconds of the longest duration that makes sense: ten years."""
_LARGEST_IN_JSON = 2**53
_DEEPEST = 10
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?\Z", re.ASCII)
_YEARS = range(1970, 2200)
_VARIABLE = re.compile(r"[^=\0]+\Z")


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def whole(least: int, most: int = LARGEST) -> Shape:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return value

    return read


def duration(least: int) -> Shape:
    """Seconds, or a timedelta: a timedelta of `least` seconds or more."""

    def read(value: object) -> timedelta:
        seconds = value.total_seconds() if isinstance(value, timedelta) else value
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not least <= seconds <= LONGEST:
            raise ValueError(f"a number of seconds from {least} to {LONGEST}")
        return value if isinstance(value, timedelta) else timedelta(seconds=seconds)

    return read


def text(longest: int) -> Shape:
    """A text that is not blank, has no more than `longest` characters, and that all of Airflow's databases can hold."""

    def read(value: object) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            raise ValueError(f"a text of 1 to {longest} characters")
        if not is_airflow_text(value):
            raise ValueError("a text without NUL and without halves of surrogate pairs")
        return value

    return read


def texts(longest: int) -> Shape:
    """One text, or a list of texts."""
    one = text(longest)

    def read(value: object) -> Any:
        try:
            return [one(item) for item in value] if isinstance(value, (list, tuple, set, frozenset)) else one(value)
        except ValueError as error:
            raise ValueError(f"{error}, or a list of such") from None

    return read


def one_of(*values: str) -> Shape:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in values:
            raise ValueError(f"one of {', '.join(values)}")
        return value

    return read


def some_of(*values: str) -> Shape:
    one = one_of(*values)

    def read(value: object) -> list[str]:
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, (list, tuple)) or not given:
            raise ValueError(f"a list with some of {', '.join(values)}")
        return sorted({one(item) for item in given})

    return read


def date(value: object) -> datetime:
    """A date with a time and a timezone, or the text of one; UTC where it says none."""
    found = value
    if isinstance(value, str) and _DATE.match(value):
        try:
            found = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            found = None
    if not isinstance(found, datetime) or found.year not in _YEARS:
        raise ValueError(f"a date from {_YEARS[0]} to {_YEARS[-1]}, such as 2026-01-31 or 2026-01-31T06:00+01:00")
    return found if found.tzinfo is not None else found.replace(tzinfo=timezone.utc)


def import_paths(value: object) -> Any:
    """The import path of a function, `package.module.function`, or a list of them."""
    for path in value if isinstance(value, (list, tuple)) and value else [value]:
        parts = path.split(".") if isinstance(path, str) else []
        if len(parts) < 2 or not all(part.isidentifier() and not keyword.iskeyword(part) for part in parts):
            raise ValueError("the import path of a function, written as text: package.module.function; or a list")
    return list(value) if isinstance(value, (list, tuple)) else value


def mapping(key: Shape, value: Shape) -> Shape:
    def read(given: object) -> dict[Any, Any]:
        if not isinstance(given, Mapping):
            raise ValueError('a JSON object, such as {"key": "value"}')
        found = {}
        for name, item in given.items():
            try:
                found[key(name)] = value(item)
            except ValueError as error:
                raise ValueError(f"a JSON object, where {name!r:.40} must be {error}") from None
        return found

    return read


def json_object(rejected: Mapping[str, str]) -> Shape:
    """A dict of plain data; `rejected` says why a key cannot be given."""

    def read(value: object) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ValueError('a JSON object, such as {"key": "value"}')
        for key in value:
            if key in rejected:
                raise ValueError(f"a JSON object without {key!r}, {rejected[key]}")
        found: dict[str, Any] = _plain(value, 0)
        return found

    return read


def variable(value: object) -> str:
    """The name of an environment variable."""
    if not isinstance(value, str) or not _VARIABLE.match(value):
        raise ValueError("a text with neither = nor NUL")
    return value


def variable_value(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("a text without NUL")
    return value


def amount(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= _LARGEST_IN_JSON:
        raise ValueError("a number from 0 on")
    return value


def _plain(value: object, depth: int) -> Any:
    """Return data as JSON has it, with lists for tuples."""
    if depth > _DEEPEST:
        raise ValueError(f"a JSON object of no more than {_DEEPEST} levels")
    if isinstance(value, Mapping):
        return {_plain_key(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and is_airflow_text(value):
        return value
    if isinstance(value, (int, float)) and math.isfinite(value) and abs(value) <= _LARGEST_IN_JSON:
        return value
    raise ValueError("a JSON object of texts, finite numbers, lists and such objects")


def _plain_key(key: object) -> str:
    if not isinstance(key, str) or not is_airflow_text(key):
        raise ValueError('a JSON object, such as {"key": "value"}')
    return key


def as_list(value: Any) -> list[Any]:
    """Return what is a list, or the list of what is one thing."""
    return value if isinstance(value, list) else [value]
