"""Decorators made of strings and attached to all steps, as `--with` asks. LAUNCH and TASK."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_provider_flows.decorators.custom import CustomDecorator
from airflow_provider_flows.decorators.dropping import attaching
from airflow_provider_flows.decorators.mutators import StepMutator
from airflow_provider_flows.decorators.registry import find_decorator
from airflow_provider_flows.decorators.specs import parse_spec
from airflow_provider_flows.decorators.written import Written
from airflow_provider_flows.errors import InvalidDecoratorAttribute, UnknownDecorator
from airflow_provider_flows.flow.attachments import StepAttachments


def make_decorator(text: str) -> Written:
    """Return the decorator that a string describes, not attached to anything."""
    name, attributes = parse_spec(text)
    cls = find_decorator(name, f"--with {text!r}")
    if not issubclass(cls, CustomDecorator):
        try:
            return cls(attributes, statically_defined=False)
        except InvalidDecoratorAttribute as error:
            raise InvalidDecoratorAttribute(f"--with {text!r}: {error}") from None
    if not hasattr(cls, "layer") and not issubclass(cls, StepMutator):
        raise UnknownDecorator(f"--with {text!r}: {name!r} is a decorator of flows.")
    positional = {int(key): value for key, value in attributes.items() if key.isdigit()}
    named = {key: value for key, value in attributes.items() if not key.isdigit()}
    return cls.make(tuple(positional[index] for index in sorted(positional)), named)


def attach_specs(steps: Iterable[StepAttachments], specs: Iterable[str]) -> None:
    """Attach each decorator to all steps; a step keeps one of that kind that it has already (Metaflow 2.19)."""
    wanted = attaching(specs)
    for step in steps:
        for text in wanted:
            decorator = make_decorator(text)
            held = step.list_of(decorator._flows_list)
            if not decorator._flows_is_met(held):
                held.append(decorator)
