"""Names of Metaflow's decorators that this package does not have: a flow that uses one is rejected where it stands."""

from __future__ import annotations

from typing import Any, TypeVar, Union

from airflow_provider_flows.decorators.attach import add_flow_decorator, add_step_decorator
from airflow_provider_flows.decorators.base import FlowDecorator, StepDecorator
from airflow_provider_flows.decorators.decorator import Decorator
from airflow_provider_flows.decorators.written import problem_at, where_written
from airflow_provider_flows.errors import InvalidFlow
from airflow_provider_flows.flow.attachments import attachments_of
from airflow_provider_flows.pages import page
from airflow_provider_flows.rejections import reject

Held = TypeVar("Held", bound=Union["_UnsupportedStep", "_UnsupportedFlow"])
PAGE = page("docs/differences.md#decorators")

UNSUPPORTED: dict[str, str] = {
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

    from airflow_provider_flows.flow.flowspec import FlowSpec  # decorators and flows know each other by name only

    def decorate(*targets: Any, **attributes: Any) -> Any:
        source = where_written(2)

        def attach(target: Any) -> Any:
            if isinstance(target, type) and issubclass(target, FlowSpec):
                add_flow_decorator(target, _made(_UnsupportedFlow))
            elif getattr(target, "is_step", False):
                add_step_decorator(attachments_of(target), _made(_UnsupportedStep))
            else:
                reject(problem_at(source, f"@{name} is not supported here.", why_not(name)))
            return target

        def _made(kind: type[Held]) -> Held:
            made: Held = type("Unsupported", (kind,), {"name": name})(attributes)
            made.source = source
            return made

        return attach(targets[0]) if len(targets) == 1 and not attributes else attach

    return decorate


def _rejection(decorator: Decorator) -> InvalidFlow:
    return InvalidFlow([decorator.problem(f"@{decorator.name} is not supported here.", why_not(decorator.name))])
