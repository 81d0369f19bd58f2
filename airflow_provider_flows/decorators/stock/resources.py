"""`@resources`: what a step needs of a machine. Published for those who can provide it; shown on the task's page."""

from __future__ import annotations

from typing import Any, ClassVar, Mapping

from airflow_provider_flows.decorators.base import StepDecorator


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
        self.step_name = step_name
        for key, value in self.attributes.items():
            self.system_ctx.publish(step_name, self.name, key, value)

    @property
    def requested(self) -> dict[str, Any]:
        """What the step asks for: as published, which another decorator may have changed."""
        return {**self.attributes, **self.system_ctx.get_all_published(self.step_name, self.name)}

    def documentation(self) -> str:
        asked = ", ".join(f"{key} {value}" for key, value in self.requested.items() if value is not None)
        return f"Resources: {asked}"
