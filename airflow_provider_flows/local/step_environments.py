"""The Python environments of a flow's steps, ready before a local run begins. LAUNCH phase."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from airflow_provider_flows.decorators.environments import made_of_environments
from airflow_provider_flows.environments import ReadyEnvironment, prepare
from airflow_provider_flows.flow.attachments import StepAttachments


def step_environments(
    steps: Mapping[str, StepAttachments], say: Callable[[str], object]
) -> dict[str, ReadyEnvironment]:
    """Return the environment of each step that has one of its own; those that are not there are built.

    InvalidFlow, at the decorators' lines, for all that cannot be built as they are asked for; EnvironmentUnavailable
    when one could not be built now.
    """
    return made_of_environments(steps, lambda spec: prepare(spec, say))
