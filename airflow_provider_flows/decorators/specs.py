"""What a decorator string says: `--with retry:times=2,minutes_between_retries=0`. LAUNCH and TASK."""

from __future__ import annotations

import contextlib
import json
import os
import re
from typing import Any, Iterable

from airflow_provider_flows.errors import InvalidDecoratorAttribute

ENVIRONMENT = ("FLOWS_DECOSPECS", "METAFLOW_DECOSPECS", "METAFLOW_DEFAULT_DECOSPECS")
"""Variables that hold decorator strings for every command; the first one that is set counts."""
"""Decorator strings, separated by blanks, that are added to those of the command line."""

_BETWEEN_ATTRIBUTES = re.compile(r",(?=[\s\w]+=)")


def given_specs(command_line: Iterable[str]) -> tuple[str, ...]:
    """Return the decorator strings of a command line and of the environment, those that win first. LAUNCH."""
    return (*command_line, *next((text for text in map(os.environ.get, ENVIRONMENT) if text), "").split())


def parse_spec(text: str) -> tuple[str, dict[str, Any]]:
    """Return the name and the attributes of a decorator string.

    A value is JSON where it can be, else a number, else the text itself (Metaflow 2.19).
    """
    name, _, rest = text.partition(":")
    attributes: dict[str, Any] = {}
    position = len(name) + 1
    for part in _BETWEEN_ATTRIBUTES.split(rest) if rest.strip() else ():
        key, equals, value = part.partition("=")
        if not equals or not key.strip():
            raise InvalidDecoratorAttribute(
                f"--with {text!r}: {part.strip()!r} at position {position} is not an attribute; write name=value."
            )
        attributes[key.strip()] = _value(value.strip())
        position += len(part) + 1
    return name.strip(), attributes


def _value(text: str) -> Any:
    """Return what a text says: JSON, a number as Python writes it, or else the text itself."""
    for parse in (lambda: json.loads(text.replace('\\"', '"')), lambda: int(text), lambda: float(text)):
        with contextlib.suppress(ValueError):
            return parse()
    return text
