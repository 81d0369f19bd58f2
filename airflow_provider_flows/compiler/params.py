"""A flow's parameters as Airflow `Param`s: JSON schemas that check values and choose widgets. LAUNCH phase.

The trigger form (Airflow 3.1 to 3.3) picks a widget by the schema: the first type that is not null, `enum` for a list
to choose from, `examples` for several of them, `format` for dates and long text, `items` for lists. The API checks a
run's conf against the same schema.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import click
from airflow_provider_flows.compiler.airflow_text import airflow_text, is_airflow_text
from airflow_provider_flows.compiler.model import ParamPlan
from airflow_provider_flows.errors import ParameterError
from airflow_provider_flows.flow.parameters import JSONType, Parameter

Schema = dict[str, Any]

_JSON_TYPES = ("object", "array", "string", "number", "boolean")
_ANYTHING = {"type": [*_JSON_TYPES, "null"]}
"""Items of any kind, said as types: without any the form would offer a list of strings."""

_SIMPLE = {str: "string", int: "integer", float: "number", bool: "boolean", dict: "object", list: "array"}
_DATE, _DATE_TIME = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"


def param_plan(parameter: Parameter) -> ParamPlan:
    """Return the `Param` of a parameter whose default is evaluated.

    Raises ParameterError for a default that is not of the parameter's type, or that Airflow could not store.
    """
    value = _default(parameter, parameter.default)
    required = parameter.required and parameter.default is None
    schema = _with_first_type(_schema(parameter), value)
    if value is None and not required:
        schema = _nullable(schema)
    if isinstance(value, str) and "\n" in value and "format" not in schema and "enum" not in schema:
        schema["format"] = "multiline"
    description = {"description": airflow_text(_help(parameter))} if _help(parameter) else {}
    return ParamPlan(parameter.name, tuple({**schema, **description}.items()), required, None if required else value)


def _schema(parameter: Parameter) -> Schema:
    """Return the schema of a value that is there: `type`, and what else limits it."""
    if parameter.is_include_file or parameter.separator:
        return {"type": "string"}
    one = _schema_of_one(parameter.type)
    if not parameter.multiple:
        return one
    offered = {"examples": one["enum"]} if "enum" in one else {}
    return {"type": "array", "items": one, **offered}


def _schema_of_one(kind: Any) -> Schema:
    if kind is JSONType:
        return {"type": list(_JSON_TYPES)}
    if isinstance(kind, click.Choice):
        return {"type": "string", "enum": [_choice_text(choice) for choice in kind.choices]}
    if isinstance(kind, click.IntRange):
        return {"type": "integer", **_bounds(kind)}
    if isinstance(kind, click.FloatRange):
        return {"type": "number", **_bounds(kind)}
    if isinstance(kind, click.DateTime):
        return {"type": "string", **_date_format(kind)}
    if kind in (list, tuple):
        return {"type": "array", "items": _ANYTHING}
    return {"type": _SIMPLE.get(_python_type(kind), "string")}


def _python_type(kind: Any) -> Any:
    known = {click.INT: int, click.FLOAT: float, click.BOOL: bool}
    return known.get(kind, str) if isinstance(kind, click.ParamType) else kind


def _bounds(kind: click.IntRange | click.FloatRange) -> Schema:
    if kind.clamp:
        return {}
    low, high = ("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")
    bounds = {low[not kind.min_open]: kind.min, high[not kind.max_open]: kind.max}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _date_format(kind: click.DateTime) -> Schema:
    """Return the format whose widget sends what the parameter reads: a plain text field does where none would."""
    formats = list(kind.formats)
    return {"format": "date"} if formats == [_DATE] else {"format": "date-time"} if _DATE_TIME in formats else {}


def _with_first_type(schema: Schema, value: Any) -> Schema:
    """Put the type of the default first where there are several: it is the one whose widget the form shows."""
    if not isinstance(schema["type"], list):
        return schema
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    first = names.get(type(value), schema["type"][0])
    items = {"items": _ANYTHING} if first == "array" else {}
    return {**schema, "type": sorted(schema["type"], key=lambda kind: kind != first), **items}


def _nullable(schema: Schema) -> Schema:
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    offered = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [*types, "null"], **offered}


def _default(parameter: Parameter, value: Any) -> Any:
    """Return the default as JSON: the value that a run without any conf gets, checked as a given one would be."""
    if value is None:
        return [] if parameter.multiple and not parameter.required else None
    default = _as_json(parameter, _checked(parameter, value))
    if not all(is_airflow_text(text) for text in _texts(default)):
        raise ParameterError(
            f"The default of parameter {parameter.name!r} holds a NUL character or half a surrogate pair, which "
            "Airflow cannot store. Let the step put it in."
        )
    return default


def _checked(parameter: Parameter, value: Any) -> Any:
    if parameter.separator:
        return parameter.separator.join(value) if isinstance(value, (list, tuple)) else value
    return value if parameter.is_include_file else parameter.convert(value)


def _as_json(parameter: Parameter, value: Any) -> Any:
    if parameter.type is JSONType and isinstance(value, str):
        return json.dumps(value)  # the worker reads every text as JSON
    if isinstance(value, (date, datetime)):
        formats = list(parameter.type.formats) if isinstance(parameter.type, click.DateTime) else [_DATE_TIME]
        return value.strftime(_DATE_TIME if _DATE_TIME in formats else formats[0])
    if isinstance(parameter.type, click.Choice) and not parameter.multiple:
        return _choice_text(value)
    if isinstance(value, (list, tuple)):
        return [
            _choice_text(item) if isinstance(parameter.type, click.Choice) else item
            for item in _plain(parameter, value)
        ]
    return _plain(parameter, value)


def _plain(parameter: Parameter, value: Any) -> Any:
    """Return `value` through JSON and back, so that tuples are lists and numbers plain numbers."""
    try:
        return json.loads(json.dumps(value, allow_nan=False, default=_not_json))
    except (TypeError, ValueError) as error:
        raise ParameterError(
            f"The default of parameter {parameter.name!r} is nothing that JSON can say, as DAG params must be: {error}."
        ) from None


def _not_json(value: object) -> Any:
    if isinstance(value, enum.Enum):
        return value.name
    if type(value).__module__.partition(".")[0] == "numpy" and hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is not a JSON type")


def _choice_text(choice: object) -> str:
    return choice.name if isinstance(choice, enum.Enum) else str(choice)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    items = [*value, *value.values()] if isinstance(value, Mapping) else value if isinstance(value, list) else []
    return [text for item in items for text in _texts(item)]


def _help(parameter: Parameter) -> str | None:
    if not parameter.is_include_file:
        return parameter.help
    return f"{parameter.help.rstrip()} (path of a file)" if parameter.help else "Path of a file."
