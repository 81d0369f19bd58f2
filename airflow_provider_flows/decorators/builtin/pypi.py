"""`@pypi` and `@pypi_base`: packages of a step's own, in an environment that is built for it. LAUNCH; read in TASK."""

from __future__ import annotations

from typing import Any, ClassVar, Mapping

from airflow_provider_flows.decorators.base import FlowDecorator, StepDecorator
from airflow_provider_flows.environments.spec import EnvironmentSpec
from airflow_provider_flows.errors import InvalidDecoratorAttribute, UsageError
from airflow_provider_flows.flow.flowspec import attached_steps
from airflow_provider_flows.text import in_short

_DEFAULTS: Mapping[str, Any] = {"packages": {}, "python": None, "disabled": None}


class PypiDecorator(StepDecorator):
    """Run the step in an environment with `packages`, `{name: version}`, and nothing else, on the Python `python`.

    What `@pypi_base` says of the whole flow comes first; the step's own wins, package by package. `disabled=True` runs
    the step where the flow runs. The environment is built once on each machine, before the step's process starts.
    """

    name = "pypi"
    defaults: ClassVar[Mapping[str, Any]] = _DEFAULTS

    @property
    def environment(self) -> EnvironmentSpec | None:
        """What the step asks for, with what the flow asks for; None where it is disabled. UsageError as `spec` says."""
        base = self._of_the_flow
        merged = {**self._packages(base), **self._packages(self.attributes)}
        disabled = [each for each in (self.attributes["disabled"], base["disabled"]) if each is not None]
        if disabled and disabled[0]:
            return None
        return EnvironmentSpec.of(merged, self.attributes["python"] or base["python"])

    def step_init(self, flow: Any, graph: Any, step_name: str, decorators: Any, *_: Any) -> None:
        self._of_the_flow = {**self.defaults, **_base_of(type(flow), f"{self.name}_base")}
        if not self.system_ctx.is_launch:
            return  # it was checked before the run began, with a library that the step's environment need not have
        others = [each.name for each in decorators if isinstance(each, PypiDecorator) and each is not self]
        if others:
            raise InvalidDecoratorAttribute(f"step {step_name!r} has @{self.name} and @{others[0]}. Keep one of them.")
        for attributes in (self._of_the_flow, self.attributes):
            for name in {"packages", "libraries"} & set(attributes):
                if not isinstance(attributes[name], Mapping):
                    raise InvalidDecoratorAttribute(
                        f"step {step_name!r}: {name} of @{self.name} is {in_short(attributes[name])}. "
                        "Write {'name': 'version'}."
                    )
        try:
            self.environment  # noqa: B018  # raises what is wrong with it
        except UsageError as error:
            raise InvalidDecoratorAttribute(f"step {step_name!r}: @{self.name}: {error}") from None

    def documentation(self) -> str | None:
        return None if self.environment is None else f"Environment: {self.environment}"

    def _packages(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Return packages by the name that they have on the package index."""
        return dict(attributes["packages"])


class PypiBaseDecorator(FlowDecorator):
    """Give every step of the flow an environment with `packages`; steps add to it, or change it, with `@pypi`."""

    name = "pypi_base"
    defaults: ClassVar[Mapping[str, Any]] = _DEFAULTS
    _of_steps: ClassVar[type[PypiDecorator]] = PypiDecorator

    def flow_init(self, flow: Any, *_: Any) -> None:
        for step in attached_steps(type(flow)):
            if not any(isinstance(each, PypiDecorator) for each in step.decorators):
                decorator = self._of_steps({}, inserted_by=[self.name])
                decorator.source = self.source
                step.decorators.append(decorator)


def _base_of(flow_class: type, name: str) -> Mapping[str, Any]:
    from airflow_provider_flows.decorators.attach import flow_decorators_of

    found = (each.attributes for each in flow_decorators_of(flow_class) if each.name == name)
    return next(found, {})
