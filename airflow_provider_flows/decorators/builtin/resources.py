"""`@resources`: what a step needs of a machine, for those who can provide it: decorators, and policies of Airflow."""

from __future__ import annotations

import contextlib
from typing import Any, ClassVar, Mapping

from airflow_provider_flows.decorators.base import StepDecorator
from airflow_provider_flows.errors import InvalidDecoratorAttribute
from airflow_provider_flows.text import as_text, in_short


class ResourcesDecorator(StepDecorator):
    """Ask for `cpu` cores, `memory` and `disk` in MB, `gpu` devices and `shared_memory` in MB. No effect of its own."""

    name = "resources"
    defaults: ClassVar[Mapping[str, Any]] = {
        "cpu": "1",
        "gpu": None,
        "disk": None,
        "memory": "4096",
        "shared_memory": None,
    }

    def step_init(self, flow: Any, graph: Any, step_name: str, *_: Any) -> None:
        for key, value in self.attributes.items():
            if value is not None and not isinstance(value, (int, float, str)):
                raise InvalidDecoratorAttribute(
                    f"step {step_name!r}: {key} of @resources is a number, not {in_short(value)}."
                )
        self.step_name = step_name
        for key, value in self.attributes.items():
            self.system_ctx.publish(step_name, self.name, key, value)

    @property
    def requested(self) -> dict[str, Any]:
        """What the step asks for: as published, which another decorator may have changed."""
        return {**self.attributes, **self.system_ctx.get_all_published(self.step_name, self.name)}

    def operator_arguments(self) -> dict[str, Any]:
        """Let cluster policies see what is asked for, as numbers, which may have been written as texts."""
        return {"step_resources": {key: _number(value) for key, value in self._given.items()}}

    def documentation(self) -> str:
        return f"Resources: {', '.join(f'{key} {as_text(value)}' for key, value in self._given.items())}"

    @property
    def _given(self) -> dict[str, Any]:
        return {key: value for key, value in self.requested.items() if value is not None}


def _number(value: Any) -> Any:
    """Return the number that a text says; all else as it is."""
    if not isinstance(value, str):
        return value
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(value)
    return value
