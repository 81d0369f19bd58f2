"""Whether two values say the same, found out without the code of any class that is not known here. TASK phase.

Reading can change how a value is pickled and nothing of what it says: a data frame rearranges its blocks, a set has
another order each time it is made. Types are compared that are known exactly; of all others, and of what takes too
long, nobody claims that they say the same.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import pathlib
import sys
import uuid
import zoneinfo
from typing import Any, Callable, Iterable, Mapping

MOST = 5_000_000
"""Values inside of a value that are looked at, in some seconds; an array of numbers counts as one."""

_PLAIN = (type(None), bool, int, str, bytes, bytearray, range)
_BY_TEXT = (float, complex, decimal.Decimal, uuid.UUID, datetime.date, datetime.timedelta, datetime.timezone)
"""Types whose `repr` says all that there is, also of NaN and -0.0."""
_ZONES = (datetime.timezone, zoneinfo.ZoneInfo, type(None))


def same(one: object, other: object) -> bool:
    """Whether both values are of the same known types and say the same, however they are laid out."""
    try:
        return Comparison().same(one, other)
    except (_TooMuch, RecursionError):
        return False


class _TooMuch(Exception):
    """There is more to compare than anybody wants to wait for."""


class Comparison:
    """One comparison of two values, and of all that is inside of them."""

    def __init__(self) -> None:
        self._left = MOST
        self._under_way: set[tuple[int, int]] = set()

    def same(self, one: Any, other: Any) -> bool:
        self._left -= 1
        if self._left < 0:
            raise _TooMuch
        kind = type(one)
        compare = (_COMPARED.get(kind) or _by_library(kind)) if kind is type(other) else None
        if compare is None:
            return False
        pair = (id(one), id(other))
        if pair in self._under_way:  # a value that holds itself
            return True
        self._under_way.add(pair)
        try:
            return compare(self, one, other)
        finally:
            self._under_way.discard(pair)

    def each(self, ones: Iterable[Any], others: Iterable[Any]) -> bool:
        """Compare the values of two iterables, which have as many."""
        return all(map(self.same, ones, others))


Compare = Callable[[Comparison, Any, Any], bool]


def _plain(comparison: Comparison, one: Any, other: Any) -> bool:
    return bool(one == other)


def _by_text(comparison: Comparison, one: Any, other: Any) -> bool:
    return repr(one) == repr(other)


def _moment(comparison: Comparison, one: Any, other: Any) -> bool:
    """Compare clocks whose time zones are Python's own: those of others would have to be asked."""
    return type(one.tzinfo) is type(other.tzinfo) and type(one.tzinfo) in _ZONES and repr(one) == repr(other)


def _sequence(comparison: Comparison, one: Any, other: Any) -> bool:
    return len(one) == len(other) and comparison.each(one, other)


def _mapping(comparison: Comparison, one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    """Compare keys in their order, too, which is part of what a mapping says."""
    return len(one) == len(other) and comparison.each(one, other) and comparison.each(one.values(), other.values())


def _set(comparison: Comparison, one: Any, other: Any) -> bool:
    return len(one) == len(other) and all(map(_is_plain, one)) and bool(one == other)


def _is_plain(value: Any) -> bool:
    return all(map(_is_plain, value)) if type(value) in (tuple, frozenset) else type(value) in (*_PLAIN, *_BY_TEXT)


_COMPARED: dict[type, Compare] = {
    **dict.fromkeys(_PLAIN, _plain),
    **dict.fromkeys((*_BY_TEXT, zoneinfo.ZoneInfo, pathlib.PosixPath, pathlib.PurePosixPath), _by_text),
    **dict.fromkeys((datetime.datetime, datetime.time), _moment),
    **dict.fromkeys((list, tuple, collections.deque), _sequence),
    **dict.fromkeys((dict, collections.OrderedDict, collections.Counter), _mapping),
    **dict.fromkeys((set, frozenset), _set),
}


def _by_library(kind: type) -> Compare | None:
    is_known = str(kind.__module__).partition(".")[0] in ("numpy", "pandas")
    if not is_known or getattr(sys.modules.get(kind.__module__), kind.__qualname__, None) is not kind:
        return None  # also of what is derived from theirs, and says that it is theirs
    # Arrays of objects are compared by what is here.
    from airflow_provider_flows.flow.sameness_of_arrays import compared

    return compared(kind)
