"""Which steps run in a Python environment of their own, as their decorators say. All phases."""

from __future__ import annotations

from typing import Callable, Iterator, Mapping, TypeVar

from airflow_provider_flows.decorators.attach import flow_decorators_of
from airflow_provider_flows.decorators.builtin.pypi import PypiBaseDecorator, PypiDecorator
from airflow_provider_flows.environments.spec import EnvironmentSpec
from airflow_provider_flows.errors import EnvironmentFailed, InvalidFlow, Problem
from airflow_provider_flows.flow.attachments import StepAttachments, attachments_of

Made = TypeVar("Made")


def environment_of(step: StepAttachments) -> PypiDecorator | None:
    """Return the decorator that gives a step its environment, which may be disabled; None where there is none."""
    return next((each for each in step.decorators if isinstance(each, PypiDecorator)), None)


def environments_of(steps: Mapping[str, StepAttachments]) -> Iterator[tuple[str, PypiDecorator, EnvironmentSpec]]:
    """Yield the steps that have an environment: the name, the decorator that says so, and what it asks for."""
    for name, step in steps.items():
        decorator = environment_of(step)
        spec = None if decorator is None else decorator.environment
        if decorator is not None and spec is not None:
            yield name, decorator, spec


def made_of_environments(
    steps: Mapping[str, StepAttachments], make: Callable[[EnvironmentSpec], Made]
) -> dict[str, Made]:
    """Return what `make` makes of each step's environment, by the step's name; it is called once for each.

    InvalidFlow, at the decorators' lines, for all environments of which it raises EnvironmentFailed.
    """
    made: dict[EnvironmentSpec, Made] = {}
    failed: dict[EnvironmentSpec, EnvironmentFailed] = {}
    problems: list[Problem] = []
    for name, decorator, spec in environments_of(steps):
        try:
            if spec not in made and spec not in failed:
                made[spec] = make(spec)
        except EnvironmentFailed as error:
            failed[spec] = error
        if spec in failed:
            problems.append(decorator.problem(f"step {name!r}: {failed[spec]}"))
    if problems:
        raise InvalidFlow(problems)
    return {name: made[spec] for name, _, spec in environments_of(steps)}


def declares_environment(flow_class: type, step: str) -> bool:
    """Whether a flow's file gives a step an environment; known before the decorators are initialised."""
    held = attachments_of(getattr(flow_class, step)).decorators if hasattr(flow_class, step) else []
    of_flow = flow_decorators_of(flow_class)
    return any(isinstance(each, PypiDecorator) for each in held) or any(
        isinstance(each, PypiBaseDecorator) for each in of_flow
    )
