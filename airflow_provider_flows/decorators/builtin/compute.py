"""What `@kubernetes` and `@batch` have in common: a step asks for a machine. LAUNCH."""

from __future__ import annotations

from typing import Any, ClassVar

from airflow_provider_flows.decorators.base import StepDecorator
from airflow_provider_flows.decorators.builtin.resources import ResourcesDecorator
from airflow_provider_flows.errors import InvalidDecoratorAttribute
from airflow_provider_flows.text import as_text, in_short

RESOURCES = ("cpu", "memory", "gpu", "disk", "shared_memory")
"""What both kinds of decorators may ask for: cores, MB, devices, MB, MB."""


class ComputeDecorator(StepDecorator):
    """A step that asks for a machine. In a local run, it runs where the flow runs, and a line says so."""

    where: ClassVar[str] = ""
    """Where such steps run, in the words of that line."""

    def step_init(self, flow: Any, graph: Any, step_name: str, decorators: Any, environment: Any, *_: Any) -> None:
        self._asked = {name: self.attributes.get(name) for name in RESOURCES}
        for resources in (each for each in decorators if isinstance(each, ResourcesDecorator)):
            self._asked = {name: larger(value, resources.attributes.get(name)) for name, value in self._asked.items()}
        for name, value in self._asked.items():
            if value is not None and number(value) is None:
                raise InvalidDecoratorAttribute(
                    f"step {step_name!r}: {name} of @{self.name} is a number, not {in_short(value)}."
                )
        self.step_name = step_name

    @property
    def requested(self) -> dict[str, Any]:
        """What the step asks for, `@resources` included: of two numbers the larger one (Metaflow 2.19)."""
        return {name: value for name, value in self._asked.items() if value is not None}

    @property
    def wish(self) -> str:
        """What the step asks for, in words."""
        asked = ", ".join(f"{name} {as_text(value)}" for name, value in self.requested.items())
        return f"{self.where} with {asked}" if asked else self.where

    def documentation(self) -> str:
        return f"Asks for {self.wish}"


def with_resources(held: list[Any], dropped: ComputeDecorator) -> None:
    """Let what a dropped decorator was written to ask for count as `@resources` of the step."""
    asked = {name: value for name, value in dropped._flows_given.items() if name in RESOURCES and value is not None}
    if not asked:
        return
    own = next((each for each in held if isinstance(each, ResourcesDecorator)), None)
    if own is None:
        own = ResourcesDecorator(asked, inserted_by=[dropped.name])
        own.source = dropped.source
        held.append(own)
    else:
        given = own._flows_given
        own.attributes.update({name: larger(value, given.get(name)) for name, value in asked.items()})
        own._user_defined_attributes |= set(asked)


def larger(one: Any, other: Any) -> Any:
    """Return the larger of two numbers, which may be written as texts; the other one where one is None."""
    if one is None or other is None:
        return other if one is None else one
    first, second = number(one), number(other)
    return one if first is None or second is None or first >= second else other


def number(value: Any) -> float | None:
    """Return a number that may be written as a text; None for anything else."""
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None
