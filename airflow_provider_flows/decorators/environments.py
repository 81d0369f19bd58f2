"""Which decorator says in which Python environment a step runs. LAUNCH and TASK."""

from __future__ import annotations

from airflow_provider_flows.decorators.builtin.pypi import PypiDecorator
from airflow_provider_flows.flow.attachments import StepAttachments


def environment_of(step: StepAttachments) -> PypiDecorator | None:
    """Return the decorator that gives a step its environment, which may be disabled; None where there is none."""
    return next((each for each in step.decorators if isinstance(each, PypiDecorator)), None)
