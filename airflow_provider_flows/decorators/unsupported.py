"""Names of Metaflow's decorators that this package does not have: a flow that uses one is rejected where it stands."""

from __future__ import annotations

from typing import Any

from airflow_provider_flows.decorators.attach import decorator_function
from airflow_provider_flows.decorators.base import FlowDecorator, StepDecorator
from airflow_provider_flows.decorators.decorator import Decorator
from airflow_provider_flows.errors import InvalidFlow
from airflow_provider_flows.pages import page

PAGE = page("docs/differences.md#decorators")

UNSUPPORTED: dict[str, str] = {
    "card": "There are no cards yet",
    "exit_hook": "Use Airflow's own callbacks",
    "secrets": "Use Airflow's connections and variables",
    "slurm": "Steps run in Airflow's own workers",
    "trigger": "Use @schedule, or trigger the DAG through Airflow's API",
    "trigger_on_finish": "Use @schedule, or trigger the DAG through Airflow's API",
}


def why_not(name: str) -> str:
    """Return what to do instead of using a decorator that we do not have, and the page that says more."""
    return f"{UNSUPPORTED[name]}. See {PAGE}"


class _UnsupportedStep(StepDecorator):
    """Stands above a step in the place of a decorator that we do not have, and rejects it unless it is dropped."""

    allow_multiple = True

    def step_init(self, *_: Any) -> None:
        raise _rejection(self)

    def _check_names(self, names: set[str]) -> None:
        """Any attributes will do."""


class _UnsupportedFlow(FlowDecorator):
    """The same above a flow."""

    allow_multiple = True

    def flow_init(self, *_: Any) -> None:
        raise _rejection(self)

    def _check_names(self, names: set[str]) -> None:
        """Any attributes will do."""


def unsupported_decorator(name: str) -> Any:
    """Return a function that takes the decorator's place; set-up rejects it, naming the page that says why."""
    step = decorator_function(type("Unsupported", (_UnsupportedStep,), {"name": name}))
    flow = decorator_function(type("Unsupported", (_UnsupportedFlow,), {"name": name}))

    def decorate(*targets: Any, **attributes: Any) -> Any:
        if targets and not attributes:
            return (flow if isinstance(targets[0], type) else step)(*targets)
        return lambda target: (flow if isinstance(target, type) else step)(**attributes)(target)

    return decorate


def _rejection(decorator: Decorator) -> InvalidFlow:
    return InvalidFlow([decorator.problem(f"@{decorator.name} is not supported here.", why_not(decorator.name))])
