"""What a parameter's values can be: how a type reads one, its JSON schema, how a command line asks for it.

A type is what the author gave as `type=`: a type of Python or click, JSONType, or any function. All phases; click is
imported where it is asked for, so that importing a flow stays light.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from airflow_provider_flows.errors import ParameterError

if TYPE_CHECKING:
    import click

Schema = dict[str, Any]
JSON_TYPES = ("object", "array", "string", "number", "boolean")
ANYTHING = {"type": [*JSON_TYPES, "null"]}
"""Items of any kind, said as types: without any, Airflow's form would offer a list of strings."""
_DATE, _DATE_TIME = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"
_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean"}


class _JSONType:
    """A parameter whose text is JSON: `Parameter("options", type=JSONType)`. Its value is what the JSON says."""

    name = "JSON"

    def __repr__(self) -> str:
        return "JSON"

    def convert(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as error:
            raise ParameterError(f"it is not valid JSON: {error}") from None


JSONType = _JSONType()


class ValueType:
    """One type of values. `metavar` is what a command line calls them, None where click knows better."""

    metavar: str | None = None

    def convert(self, value: Any) -> Any:
        """Return a value as steps see it, from text or from JSON; any exception for one of another type."""
        raise NotImplementedError

    def json_schema(self) -> Schema:
        """Return the schema of a value in a run's configuration."""
        raise NotImplementedError

    def cli_type(self) -> click.ParamType[Any]:
        """Return the type by which click describes the values; what is typed is text."""
        import click

        return click.STRING

    def to_json(self, value: Any) -> Any:
        """Return a value that `convert` made so that it can be given again."""
        return value.strftime(_DATE_TIME) if isinstance(value, (date, datetime)) else value


class Text(ValueType):
    """Text, or a list of the parts between `separator`."""

    def __init__(self, separator: str | None = None) -> None:
        self._separator = separator

    def convert(self, value: Any) -> Any:
        if not isinstance(value, (str, int, float)) or (self._separator and not isinstance(value, str)):
            raise TypeError("it takes text")
        return str(value).split(self._separator) if self._separator else str(value)

    def json_schema(self) -> Schema:
        return {"type": "string"}

    def to_json(self, value: Any) -> Any:
        joined = self._separator is not None and isinstance(value, (list, tuple))
        return str(self._separator).join(value) if joined else super().to_json(value)


class Json(ValueType):
    """What JSON says."""

    metavar = "JSON"

    def convert(self, value: Any) -> Any:
        return JSONType.convert(value)

    def json_schema(self) -> Schema:
        return {"type": list(JSON_TYPES)}

    def to_json(self, value: Any) -> Any:
        return json.dumps(value) if isinstance(value, str) else super().to_json(value)  # every text is read as JSON


class Container(ValueType):
    """A dict, a list or a tuple, as JSON on a command line; lists and tuples are the same to JSON."""

    metavar = "JSON"

    def __init__(self, kind: type) -> None:
        self._kind = kind

    def convert(self, value: Any) -> Any:
        found = JSONType.convert(value) if isinstance(value, str) else value
        if not isinstance(found, dict if self._kind is dict else (list, tuple)):
            raise TypeError(f"it takes a {self._kind.__name__}")
        return found if isinstance(found, self._kind) else self._kind(found)

    def json_schema(self) -> Schema:
        return {"type": "object"} if self._kind is dict else {"type": "array", "items": ANYTHING}


class Plain(ValueType):
    """A number, a truth value, or what a function of the author's makes of what is given, read as click reads it."""

    def __init__(self, kind: Any) -> None:
        self._kind = kind
        self._name = next((name for each, name in _PLAIN.items() if each is kind), None)
        self.metavar = None if self._name else "JSON"

    def convert(self, value: Any) -> Any:
        if self._kind is int and isinstance(value, float) and not value.is_integer():
            raise ValueError("it is not a whole number")
        return _click_type(self._kind).convert(value, None, None)

    def json_schema(self) -> Schema:
        return {"type": self._name or "string"}

    def cli_type(self) -> click.ParamType[Any]:
        return _click_type(self._kind) if self._name else super().cli_type()


class Click(ValueType):
    """A type of click's, or one that the author made for it."""

    def __init__(self, kind: click.ParamType[Any]) -> None:
        self._kind = kind

    def convert(self, value: Any) -> Any:
        return self._kind.convert(value, None, None)

    def cli_type(self) -> click.ParamType[Any]:
        return self._kind

    def json_schema(self) -> Schema:
        import click

        kind = self._kind
        if isinstance(kind, click.Choice):
            return {"type": "string", "enum": [_choice_text(choice) for choice in kind.choices]}
        if isinstance(kind, click.DateTime):
            return {"type": "string", **_date_format(list(kind.formats))}
        if isinstance(kind, (click.IntRange, click.FloatRange)):
            return {"type": "integer" if isinstance(kind, click.IntRange) else "number", **_bounds(kind)}
        return {"type": {click.INT: "integer", click.FLOAT: "number", click.BOOL: "boolean"}.get(kind, "string")}

    def to_json(self, value: Any) -> Any:
        import click

        if isinstance(self._kind, click.Choice):
            return _choice_text(value)
        if isinstance(self._kind, click.DateTime) and isinstance(value, (date, datetime)):
            formats = list(self._kind.formats)
            return value.strftime(_DATE_TIME if _DATE_TIME in formats else formats[0])
        return super().to_json(value)


def value_type(kind: Any, separator: str | None = None) -> ValueType:
    """Return what the `type=` of a parameter means."""
    if separator or kind is str or kind is None:
        return Text(separator)
    if isinstance(kind, _JSONType):
        return Json()
    if kind in (dict, list, tuple):
        return Container(kind)
    return Click(kind) if _is_click(kind) else Plain(kind)


def _is_click(kind: Any) -> bool:
    import click

    return isinstance(kind, click.ParamType)


def _click_type(kind: Callable[[Any], Any]) -> click.ParamType[Any]:
    import click

    return click.types.convert_type(kind)


def _bounds(kind: click.IntRange | click.FloatRange) -> Schema:
    if kind.clamp:
        return {}
    low, high = ("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")
    bounds = {low[not kind.min_open]: kind.min, high[not kind.max_open]: kind.max}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _date_format(formats: list[str]) -> Schema:
    """Return the format whose widget sends what the parameter reads: a plain text field does where none would."""
    return {"format": "date"} if formats == [_DATE] else {"format": "date-time"} if _DATE_TIME in formats else {}


def _choice_text(choice: object) -> str:
    return choice.name if isinstance(choice, Enum) else str(choice)
