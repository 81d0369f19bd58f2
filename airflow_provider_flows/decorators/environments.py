"""Which decorator says in which Python environment a step runs. All phases."""

from __future__ import annotations

from airflow_provider_flows.decorators.attach import flow_decorators_of
from airflow_provider_flows.decorators.builtin.pypi import PypiBaseDecorator, PypiDecorator
from airflow_provider_flows.flow.attachments import StepAttachments, attachments_of


def environment_of(step: StepAttachments) -> PypiDecorator | None:
    """Return the decorator that gives a step its environment, which may be disabled; None where there is none."""
    return next((each for each in step.decorators if isinstance(each, PypiDecorator)), None)


def declares_environment(flow_class: type, step: str) -> bool:
    """Whether a flow's file gives a step an environment; known before the decorators are initialised."""
    held = attachments_of(getattr(flow_class, step)).decorators if hasattr(flow_class, step) else []
    of_flow = flow_decorators_of(flow_class)
    return any(isinstance(each, PypiDecorator) for each in held) or any(
        isinstance(each, PypiBaseDecorator) for each in of_flow
    )
