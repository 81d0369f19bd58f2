"""Decorators given as strings, `--with retry:times=2,minutes_between_retries=0`. LAUNCH and TASK."""

from __future__ import annotations

import json
import re
from typing import Any, Iterable

from airflow_provider_flows.decorators import stock
from airflow_provider_flows.errors import InvalidDecoratorAttribute, UnknownDecorator

_BETWEEN_ATTRIBUTES = re.compile(r",(?=[\s\w]+=)")


def parse_spec(text: str) -> tuple[str, dict[str, Any]]:
    """Return the name and the attributes of a decorator string.

    A value is JSON where it can be, else a number, else the text itself (Metaflow 2.19).
    """
    name, _, rest = text.strip().partition(":")
    attributes: dict[str, Any] = {}
    for part in _BETWEEN_ATTRIBUTES.split(rest) if rest else ():
        key, equals, value = part.partition("=")
        if not equals:
            raise InvalidDecoratorAttribute(
                f"--with {text!r}: {part.strip()!r} at position {text.index(part)} has no value; write name=value."
            )
        attributes[key.strip()] = _value(value.strip())
    return name.strip(), attributes


def attach_specs(steps: Iterable[Any], specs: Iterable[str]) -> None:
    """Attach each decorator to all steps; a step keeps a decorator of that name that it has already."""
    made = [(_decorator_class(name, text), attributes) for text in specs for name, attributes in (parse_spec(text),)]
    for step in steps:
        for decorator_class, attributes in made:
            if all(other.name != decorator_class.name for other in step.decorators):
                step.decorators.append(decorator_class(attributes, statically_defined=False))


def _decorator_class(name: str, text: str) -> Any:
    if name in stock.STEP:
        return stock.STEP[name]
    import difflib  # only where something is wrong

    near = difflib.get_close_matches(name, stock.STEP, 1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise UnknownDecorator(
        f"--with {text!r}: unknown step decorator {name!r}.{hint} These are supported: {', '.join(sorted(stock.STEP))}."
    )


def _value(text: str) -> Any:
    try:
        return json.loads(text.replace('\\"', '"'))
    except ValueError:
        return text
