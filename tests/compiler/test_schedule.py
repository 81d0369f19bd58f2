"""A translated cron expression fires when AWS would have fired."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice

import pytest
from airflow_provider_flows.compiler.dag_plan import Timetable
from airflow_provider_flows.compiler.schedule import parse_schedule, schedule_of
from airflow_provider_flows.decorators.cron import aws_cron_to_airflow, cron_to_airflow
from airflow_provider_flows.errors import UsageError
from hypothesis import given, settings
from hypothesis import strategies as st

MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
START = datetime(2024, 2, 27, 23, 58)


def aws_fires(expression: str, start: datetime) -> Iterator[datetime]:
    """Evaluate AWS' cron day by day, from its documentation alone."""
    minute, hour, day, month, weekday, _ = expression.upper().split()
    minutes, hours, months = matching(minute, 0, 59), matching(hour, 0, 23), matching(month, 1, 12, MONTHS)
    today = start.date()
    while today.year < 2060:
        if today.month in months and day_matches(today, day) and weekday_matches(today, weekday):
            for at in (
                datetime(today.year, today.month, today.day, h, m) for h in sorted(hours) for m in sorted(minutes)
            ):
                if at > start:
                    yield at
        today += timedelta(days=1)


def matching(field: str, first: int, last: int, names: Sequence[str] = ()) -> set[int]:
    def number(text: str) -> int:
        return names.index(text) + first if text in names else int(text)

    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-")
        begin = first if span in "*?" else number(low)
        end = number(high) if high else last if span in "*?" or step else begin
        days = range(begin, end + 1) if begin <= end else [*range(begin, last + 1), *range(first, end + 1)]
        found.update(list(days)[:: int(step or 1)])
    return found


def day_matches(day: date, field: str) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    return day.day == last if field == "L" else day.day in matching(field, 1, 31)


def weekday_matches(day: date, field: str) -> bool:
    number = day.isoweekday() % 7 + 1
    if field == "L":
        return number == 7
    if "#" in field:
        name, _, nth = field.partition("#")
        return number in matching(name, 1, 7, DAYS) and (day.day - 1) // 7 + 1 == int(nth)
    if field.endswith("L"):
        return number in matching(field[:-1], 1, 7, DAYS) and (day + timedelta(days=7)).month != day.month
    return number in matching(field, 1, 7, DAYS)


def spans(first: int, last: int, names: list[str] | None = None) -> st.SearchStrategy[str]:
    one = st.integers(first, last).map(lambda n: names[n - first] if names and n % 2 else str(n))
    step = st.integers(1, last).map(str)
    part = st.one_of(
        one,
        st.tuples(one, one).map("-".join),
        st.tuples(one, step).map("/".join),
        step.map("*/{}".format),
    )
    return st.one_of(st.just("*"), st.lists(part, min_size=1, max_size=3).map(",".join))


WEEKDAYS = st.one_of(
    spans(1, 7, DAYS),
    st.sampled_from(["L", "6L", "FRIL", "1L", "7L"]),
    st.tuples(st.sampled_from(["1", "7", "TUE", "3"]), st.sampled_from("1234")).map("#".join),
)
DATES = st.one_of(
    spans(1, 28).map(lambda day: (day, "?")),
    st.just(("L", "?")),
    st.just(("*", "?")),
    WEEKDAYS.map(lambda day: ("?", day)),
)


@settings(max_examples=60, deadline=None)
@given(spans(0, 59), spans(0, 23), DATES, spans(1, 12, MONTHS))
def test_translated_cron_fires_when_aws_would(minute: str, hour: str, days: tuple[str, str], month: str) -> None:
    croniter = pytest.importorskip("croniter").croniter
    expression = f"{minute} {hour} {days[0]} {month} {days[1]} *"
    times = croniter(aws_cron_to_airflow(expression), START)
    expected = list(islice(aws_fires(expression, START), 50))
    assert [times.get_next(datetime) for _ in expected] == expected


@pytest.mark.parametrize(
    ("aws", "airflow"),
    [
        ("0 0 * * ? *", "0 0 * * *"),
        ("0/15 9-17 ? * MON-FRI *", "*/15 9-17 * * 1-5"),
        ("0 18 ? * 2,4,6 *", "0 18 * * 1,3,5"),
        ("0 8 1 * ? *", "0 8 1 * *"),
        ("0 8 L JAN,JUL ? *", "0 8 L 1,7 *"),
        ("0 8 ? * 6L *", "0 8 * * L5"),
        ("0 8 ? * TUE#2 *", "0 8 * * 2#2"),
        ("0 8 ? * FRI-MON *", "0 8 * * 0,1,5,6"),
        ("cron(0 10 * * ? *)", "0 10 * * *"),
        ("30 6 * * 1-5", "30 6 * * 1-5"),
    ],
)
def test_cron_is_translated_as_a_person_would(aws: str, airflow: str) -> None:
    assert cron_to_airflow(aws) == airflow


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("0 0 * * ? 2027", "year"),
        ("0 0 15W * ? *", "nearest weekday"),
        ("0 0 L-3 * ? *", "cannot say"),
        ("0 0 1 * MON *", "either matches|match either"),
        ("0 0 12 * * ?", "seconds"),
        ("0 0 * *", "4 fields"),
        ("99 0 * * *", "'99' is not a valid minute from 0 to 59"),
        ("0 0 * * FUN", "'FUN' is not a valid day of the week"),
        ("0 0 ? * 0 *", "'0' is not a valid day of the week from 1 to 7"),
        ("*/0 * * * *", "'\\*/0'"),
        ("", "0 fields"),
        ("'); import os", "3 fields"),
        ("0 0 30 2 *", "never fires: its months have no day 30"),
        ("0 0 31 2,4-6/2,9,11 ?", "never fires: its months have no day 31"),
        ("0 0 31 feb * ", "never fires"),
        ("0 0 31 APR ? *", "never fires"),
    ],
)
def test_what_airflow_cannot_do_is_rejected_with_the_reason(expression: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        cron_to_airflow(expression)


@pytest.mark.parametrize("expression", ["0 0 29 2 *", "0 0 31 4 1", "0 0 L 2 *", "0 0 30,31 2-3 *", "0 0 31 */5 ? *"])
def test_what_fires_some_day_is_a_schedule(expression: str) -> None:
    croniter = pytest.importorskip("croniter").croniter
    assert croniter(cron_to_airflow(expression), START).get_next(datetime) > START


def test_a_schedule_takes_cron_before_weekly_before_hourly_before_daily() -> None:
    asked = {"cron": "0 6 ? * MON *", "weekly": True, "hourly": True, "daily": True, "timezone": None}
    assert schedule_of(asked) == "0 6 * * 1"
    assert schedule_of({**asked, "cron": None}) == "@weekly"
    assert schedule_of({**asked, "cron": None, "weekly": False}) == "@hourly"
    assert schedule_of({"daily": True}) == "@daily"
    assert schedule_of({"daily": False}) is None
    assert schedule_of(None) is None


def test_a_timezone_makes_a_timetable() -> None:
    assert schedule_of({"daily": True, "timezone": "Europe/Berlin"}) == Timetable("0 0 * * *", "Europe/Berlin")
    with pytest.raises(UsageError, match="IANA"):
        schedule_of({"daily": True, "timezone": "Berlin"})


def test_the_option_takes_none_presets_cron_and_durations() -> None:
    assert parse_schedule("none") is None
    assert parse_schedule("@Daily") == "@daily"
    assert parse_schedule("@once") == "@once"
    assert parse_schedule("PT30M") == timedelta(minutes=30)
    assert parse_schedule("P1DT12H") == timedelta(hours=36)
    assert parse_schedule("0 6 ? * MON-FRI *") == "0 6 * * 1-5"
    for wrong in ("@fortnightly", "P", "soon", "PT", "PT0S", "P99999999999999999999D"):
        with pytest.raises(UsageError):
            parse_schedule(wrong)
