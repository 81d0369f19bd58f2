"""A flow's parameters as Airflow `Param`s: JSON schemas that check values and choose widgets. LAUNCH phase.

The trigger form (Airflow 3.1 to 3.3) picks a widget by the schema: the first type that is not null, `enum` for a list
to choose from, `examples` for several of them, `format` for dates and long text, `items` for lists. The API checks a
run's conf against the same schema.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from typing import Any

from airflow_provider_flows.compiler.airflow_text import airflow_text, is_airflow_text
from airflow_provider_flows.compiler.dag_plan import ParamPlan
from airflow_provider_flows.errors import ParameterError
from airflow_provider_flows.flow.parameters import Parameter
from airflow_provider_flows.flow.value_types import ANYTHING, Schema


def param_plan(parameter: Parameter) -> ParamPlan:
    """Return the `Param` of a parameter whose default is evaluated.

    Raises ParameterError for a default that is not of the parameter's type, or that Airflow could not store.
    """
    value = _default(parameter)
    required = parameter.required and parameter.default is None
    schema = _with_first_type(parameter.json_schema(), value)
    if value is None and not required:
        schema = _nullable(schema)
    if isinstance(value, str) and "\n" in value and "format" not in schema and "enum" not in schema:
        schema["format"] = "multiline"
    description = {"description": airflow_text(parameter.description)} if parameter.description else {}
    return ParamPlan(parameter.name, tuple({**schema, **description}.items()), required, None if required else value)


def _with_first_type(schema: Schema, value: Any) -> Schema:
    """Put the type of the default first where there are several: it is the one whose widget the form shows."""
    if not isinstance(schema["type"], list):
        return schema
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    first = names.get(type(value), schema["type"][0])
    items = {"items": ANYTHING} if first == "array" else {}
    return {**schema, "type": sorted(schema["type"], key=lambda kind: kind != first), **items}


def _nullable(schema: Schema) -> Schema:
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    offered = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [*types, "null"], **offered}


def _default(parameter: Parameter) -> Any:
    """Return the default as JSON: the value that a run without any conf gets, checked as a given one would be."""
    if parameter.default is None:
        return [] if parameter.multiple and not parameter.required else None
    default = _plain(parameter, parameter.default_as_json())
    if not all(is_airflow_text(text) for text in _texts(default)):
        raise ParameterError(
            f"The default of parameter {parameter.name!r} holds a NUL character or half a surrogate pair, which "
            "Airflow cannot store. Let the step put it in."
        )
    return default


def _plain(parameter: Parameter, value: Any) -> Any:
    """Return `value` through JSON and back, so that tuples are lists and numbers plain numbers."""
    try:
        return json.loads(json.dumps(value, allow_nan=False, default=_not_json))
    except (TypeError, ValueError) as error:
        raise ParameterError(
            f"The default of parameter {parameter.name!r} cannot be written as JSON, as DAG params must be: {error}."
        ) from None


def _not_json(value: object) -> Any:
    if isinstance(value, enum.Enum):
        return value.name
    if type(value).__module__.partition(".")[0] == "numpy" and hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is not a JSON type")


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    items = [*value, *value.values()] if isinstance(value, Mapping) else value if isinstance(value, list) else []
    return [text for item in items for text in _texts(item)]
