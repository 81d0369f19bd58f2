"""Invariants of when two values say the same, though they are pickled differently."""

from __future__ import annotations

import collections
import datetime
import decimal
import pickle
from typing import Any
from zoneinfo import ZoneInfo

import numpy
import pandas
import pytest
from airflow_provider_flows.flow import sameness
from airflow_provider_flows.flow.sameness import same

BERLIN = ZoneInfo("Europe/Berlin")
FRAME = pandas.DataFrame(
    {
        "int": [1, 2],
        "text": ["x", None],
        "nan": [1.5, numpy.nan],
        "category": pandas.Categorical(["u", "v"]),
        "time": pandas.date_range("2020", periods=2),
        "zoned": pandas.date_range("2020", periods=2, tz="Europe/Berlin"),
        "took": pandas.to_timedelta([1, 2]),
        "period": pandas.period_range("2020", periods=2),
        "missing": pandas.array([1, None]),
        "maybe": pandas.array([True, None]),
        "string": pandas.array(["a", None], dtype="string"),
        "between": pandas.interval_range(0, 2),
        "any": [[1], {"a": {2}}],
    },
    index=pandas.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["first", None]),
)


def again(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


def changed(change: str) -> pandas.DataFrame:
    frame = again(FRAME)
    exec(change, {"frame": frame, "numpy": numpy, "pandas": pandas})
    return frame


def holding_itself() -> list[Any]:
    value: list[Any] = [1]
    value.append(value)
    return value


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 3, -0.0, float("nan"), 1j, "ü", b"x", bytearray(b"x"), range(3)),
        *(decimal.Decimal("1.10"), datetime.date(2020, 1, 1), datetime.timedelta(1), datetime.time(1)),
        *(datetime.datetime(2020, 1, 1, tzinfo=BERLIN), datetime.datetime.now(datetime.timezone.utc), BERLIN),
        [1, ("a", [None])],
        {"a": 1, "b": {2}},
        collections.OrderedDict(a=1),
        collections.Counter("aab"),
        collections.deque([1]),
        {str(number) for number in range(100)},
        frozenset({("a", 1), frozenset({2})}),
        holding_itself(),
        *(numpy.arange(6).reshape(2, 3), numpy.array([], dtype="S"), numpy.array(["a", None, numpy.nan], dtype=object)),
        *(
            numpy.float32(1),
            numpy.datetime64("2020"),
            numpy.array([("a", 1)], dtype="U1,i4"),
            numpy.array(["NaT"], "M8[s]"),
        ),
        *(FRAME, FRAME["int"], FRAME["any"], FRAME.index, FRAME.columns, FRAME.iloc[:0], pandas.DataFrame()),
        *(pandas.RangeIndex(3, name="i"), pandas.date_range("2020", periods=2), pandas.CategoricalIndex(["a"])),
        [pandas.NA, pandas.NaT],
    ],
    ids=lambda value: f"{type(value).__name__}",
)
def test_a_copy_says_the_same(value: Any) -> None:
    assert same(value, again(value))


def test_how_it_lies_in_memory_does_not_matter() -> None:
    array = numpy.arange(6.0).reshape(2, 3)
    assert same(array, numpy.asfortranarray(array)) and same(array[:, ::2], array[:, ::2].copy())
    pieces = pandas.concat([FRAME[[name]] for name in FRAME.columns], axis=1)
    assert same(FRAME, pieces) and same(FRAME, FRAME.copy())
    masked = pandas.array([1, 2]), pandas.array([1, 3])
    for array in masked:
        array[1] = None
    assert same(*masked)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *((1, True), (1, 1.0), (0.0, -0.0), ("a", b"a"), ([1], (1,)), ([1], [1, 2]), ({"a": 1}, {"a": 2})),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1}, {1, 2}),
        (collections.Counter("a"), {"a": 1}),
        (datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 1, tzinfo=BERLIN)),
        (datetime.datetime(2020, 1, 1, fold=0), datetime.datetime(2020, 1, 1, fold=1)),
        (numpy.arange(3), numpy.arange(3.0)),
        (numpy.arange(4), numpy.arange(4).reshape(2, 2)),
        (numpy.array([1, 2]), numpy.array([1, 3])),
        (numpy.float32(1), numpy.float64(1)),
        (pandas.RangeIndex(3), pandas.RangeIndex(4)),
        (pandas.RangeIndex(3), pandas.Index([0, 1, 2])),
        (FRAME["int"], FRAME["int"].rename("other")),
        *(
            (FRAME, changed(f"frame.iloc[1, {at}] = None"))
            for at in range(FRAME.shape[1])
            if at not in (1, 2, 8, 9, 10, 11)
        ),
        (FRAME, changed("frame.iloc[0, 1] = 'y'")),
        (FRAME, changed("frame.iloc[0, 2] = 7")),
        (FRAME, changed("frame['between'] = pandas.interval_range(1, 3)")),
        (FRAME, changed("frame.iloc[0, 8] = 7")),
        (FRAME, changed("frame.iloc[1, 12]['a'].add(3)")),
        (FRAME, changed("frame.rename(columns={'int': 'other'}, inplace=True)")),
        (FRAME, changed("frame.index.names = ['first', 'second']")),
        (FRAME, changed("frame.attrs['unit'] = 'm'")),
        (FRAME, changed("frame['more'] = 1")),
        (FRAME, changed("frame['int'] = frame['int'].astype('int32')")),
        (FRAME, changed("frame.sort_index(ascending=False, inplace=True)")),
        (FRAME, FRAME[reversed(FRAME.columns)]),
    ],
)
def test_what_was_changed_does_not_say_the_same(one: Any, other: Any) -> None:
    assert not same(one, other)


class Loud:
    def __eq__(self, other: object) -> bool:
        raise AssertionError("it was asked")

    def __hash__(self) -> int:
        return 1


class LoudList(list[int]):
    __eq__ = Loud.__eq__


class LoudFrame(pandas.DataFrame):
    __module__ = "pandas.core.frame"

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError("it was asked")


class LoudZone(datetime.tzinfo):
    def utcoffset(self, moment: object) -> datetime.timedelta:
        raise AssertionError("it was asked")


@pytest.mark.parametrize(
    "make",
    [
        Loud,
        lambda: [Loud()],
        lambda: {Loud()},
        lambda: {Loud(): 1},
        lambda: (LoudList(),),
        LoudFrame,
        lambda: datetime.datetime(2020, 1, 1, tzinfo=LoudZone()),
        lambda: numpy.array([Loud()], dtype=object),
        lambda: pandas.DataFrame({"a": [Loud()]}),
        lambda: object(),
        lambda: lambda: 1,
    ],
)
def test_no_other_code_is_asked_and_nobody_answers_for_it(make: Any) -> None:
    assert not same(make(), make())


def test_what_would_take_too_long_is_not_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sameness, "MOST", 100)
    assert same([1] * 99, [1] * 99) and not same([1] * 101, [1] * 101)
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    assert not same(deep, [deep[0]])
