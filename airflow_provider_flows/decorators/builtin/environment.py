"""`@environment`: environment variables of a step's process, set before the flow is imported."""

from __future__ import annotations

from typing import Any, ClassVar, Mapping

from airflow_provider_flows.decorators.base import StepDecorator
from airflow_provider_flows.errors import InvalidDecoratorAttribute


class EnvironmentDecorator(StepDecorator):
    """Set `vars`, a dict of names and values, for this step alone. Values become text with `str()`."""

    name = "environment"
    defaults: ClassVar[Mapping[str, Any]] = {"vars": {}}

    @property
    def variables(self) -> dict[str, str]:
        return {str(name): str(value) for name, value in dict(self.attributes["vars"]).items()}

    def step_init(self, flow: Any, graph: Any, step_name: str, *_: Any) -> None:
        if not isinstance(self.attributes["vars"], dict):
            raise InvalidDecoratorAttribute(f"step {step_name!r}: vars of @environment must be a dictionary.")
        bad = [name for name in self.variables if not name or "=" in name or "\0" in name]
        bad += [name for name, value in self.variables.items() if "\0" in value]
        if bad:
            raise InvalidDecoratorAttribute(f"step {step_name!r}: {bad[0]!r} cannot be an environment variable.")

    def runtime_step_cli(self, cli_args: Any, *_: Any) -> None:
        cli_args.env.update(self.variables)

    def operator_arguments(self) -> dict[str, Any]:
        return {"environment": self.variables} if self.variables else {}
