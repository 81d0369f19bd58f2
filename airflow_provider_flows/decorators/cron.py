"""Cron expressions, of five fields or AWS's six, checked and said in Airflow's words; time zones. LAUNCH phase.

The flow language's cron has six fields (minute, hour, day of month, month, day of week 1-7 from Sunday, year) and wants
`?` in one of the two fields for days. Airflow's has five, days of the week are 0-6, and if both fields for days are set
it runs when either matches.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from airflow_provider_flows.errors import UsageError

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


_LEAP_YEAR = 2024


class NotInAirflow(UsageError):
    """A cron expression is right, but has no equal in Airflow."""


def check_timezone(timezone: str) -> None:
    """UsageError unless `timezone` is one that Python knows, or none at all is known here."""
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        if available_timezones():
            raise UsageError(f"{timezone!r} is not a timezone. Write an IANA name, such as Europe/Berlin.") from None


def cron_to_airflow(expression: str) -> str:
    """Return a cron expression of five fields as it is, or one of six translated.

    UsageError for what is not a cron expression, or never fires; NotInAirflow for what cannot be translated.
    """
    text = re.sub(r"\Acron\((.*)\)\Z", r"\1", expression.strip())
    fields = text.split()
    if len(fields) == 6:
        fields = aws_cron_to_airflow(text).split()
    if len(fields) != 5:
        raise UsageError(
            f"{expression!r} is not a cron expression: it has {len(fields)} fields. Write five (minute hour day month "
            'weekday, "0 6 * * 1-5") or the six of AWS ("0 6 ? * MON-FRI *").'
        )
    for field, kind in zip(fields, (_MINUTE, _HOUR, _DAY, _MONTH, _CRON_WEEKDAY)):
        _Field(expression, kind).check(field.upper())
    _check_fires(expression, *fields[2:])
    return " ".join(fields)


def _check_fires(expression: str, day: str, month: str, weekday: str) -> None:
    """UsageError when no month of the expression has one of its days."""
    if weekday not in "*?" or "L" in day.upper():
        return
    first = min(_Field(expression, _DAY).numbers(day.replace("?", "*")))
    longest = max(monthrange(_LEAP_YEAR, each)[1] for each in _Field(expression, _MONTH).numbers(month.upper()))
    if first > longest:
        raise UsageError(f"The cron expression {expression!r} never fires: its months have no day {first}.")


def aws_cron_to_airflow(expression: str) -> str:
    """Translate AWS' six-field cron into Airflow's five fields, with the same times.

    NotInAirflow for what has no equal there: a year, `W`, `L-3`, and days of month and of week at once.
    """
    fields = expression.upper().split()
    if len(fields) != 6:
        raise UsageError(
            f"{expression!r} has {len(fields)} fields, and AWS' cron has six: minute hour day month weekday year."
        )
    day, weekday, year = fields[2], fields[4], fields[5]
    if year == "?":
        raise UsageError(f"{expression!r} begins with seconds, as in Quartz. Leave them out, and write * for the year.")
    if year != "*":
        kind = NotInAirflow if re.fullmatch(r"[\d,/*-]+", year) else UsageError
        raise kind(f"{expression!r} has a year, which Airflow's cron does not support. Write * and use --start-date.")
    if day not in "*?" and weekday not in "*?":
        raise NotInAirflow(
            f"{expression!r} sets days of the month and of the week; Airflow would run on days that match either. "
            "Write ? for one of them."
        )
    translated = [_Field(expression, kind).translated(text) for kind, text in zip(_AWS, fields[:4])]
    return " ".join([*translated, _Field(expression, _AWS_WEEKDAY).translated_weekday(weekday)])


@dataclass(frozen=True)
class _Kind:
    """One of the fields: its name, its first and last number, and names for numbers from the first one on."""

    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()
    extras: str = ""


_MINUTE = _Kind("minute", 0, 59)
_HOUR = _Kind("hour", 0, 23)
_DAY = _Kind("day of the month", 1, 31, extras=r"|L")
_MONTH = _Kind("month", 1, 12, _MONTHS)
_AWS_WEEKDAY = _Kind("day of the week", 1, 7, _DAYS)
_CRON_WEEKDAY = _Kind("day of the week", 0, 7, _DAYS, extras=rf"|L[0-7]|(?:[0-7]|{'|'.join(_DAYS)})#[1-5]")
_AWS = (_MINUTE, _HOUR, _DAY, _MONTH)


@dataclass(frozen=True)
class _Field:
    """A field of one expression, which its errors quote."""

    expression: str
    kind: _Kind

    def translated(self, text: str) -> str:
        if text in "*?" or (self.kind is _DAY and text == "L"):
            return text.replace("?", "*")
        if step := re.fullmatch(rf"(?:\*|{self.kind.first})/(\d+)", text):
            self.numbers(text)
            return f"*/{step[1]}"
        return _compact(self.numbers(text))

    def translated_weekday(self, text: str) -> str:
        if text in "*?":
            return "*"
        if text == "L":
            return "6"
        if special := re.fullmatch(r"(\w+?)(?:L|#([1-5]))", text):
            day = self.number(special[1]) - 1
            return f"{day}#{special[2]}" if special[2] else f"L{day}"
        return _compact({number - 1 for number in self.numbers(text)})

    def check(self, text: str) -> None:
        """Reject a field of a five-field expression that Airflow could not read."""
        plain = [part for part in text.split(",") if not re.fullmatch(self.kind.extras[1:] or r"\b\B", part)]
        if plain:
            self.numbers(",".join(plain).replace("?", "*"))

    def numbers(self, text: str) -> set[int]:
        """Return the numbers that a field stands for."""
        return {number for part in text.split(",") for number in self._part(part)}

    def _part(self, part: str) -> list[int]:
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        every = 1 if not slash else int(step) if re.fullmatch(r"0*[1-9]\d{0,3}", step) else self._reject(part)
        if span == "*":
            return list(range(self.kind.first, self.kind.last + 1, every))
        begin = self.number(first)
        end = self.number(last) if dash else self.kind.last if slash else begin
        if end < begin:  # over the end of the week, the day or the year
            end += self.kind.last - self.kind.first + 1
        size = self.kind.last - self.kind.first + 1
        return [(number - self.kind.first) % size + self.kind.first for number in range(begin, end + 1, every)]

    def number(self, text: str) -> int:
        if text in self.kind.names:
            return self.kind.names.index(text) + self.kind.first
        number = int(text) if re.fullmatch(r"[0-9]{1,4}", text) else self._reject(text)
        return number if self.kind.first <= number <= self.kind.last else self._reject(text)

    def _reject(self, text: str) -> int:
        why, kind = f"{text!r} is not a valid {self.kind.name} from {self.kind.first} to {self.kind.last}", UsageError
        if "W" in text and text not in _DAYS:
            why, kind = f"Airflow's cron has no nearest weekday ({text!r}); write a day", NotInAirflow
        elif "L" in text:
            why, kind = f"Airflow's cron cannot say {text!r}; write a day", NotInAirflow
        raise kind(f"The cron expression {self.expression!r} cannot be used: {why}.")


def _compact(numbers: set[int]) -> str:
    """Write numbers as a person would: `1-5`, `0,30`, `9-12,14`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(map(str, run)) for run in runs)
