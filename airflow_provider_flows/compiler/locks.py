"""The exact packages of steps' environments, resolved when a flow is compiled. LAUNCH phase, in `flows-compile`."""

from __future__ import annotations

from collections.abc import Mapping

from airflow_provider_flows.decorators.environments import made_of_environments
from airflow_provider_flows.environments.resolve import lock
from airflow_provider_flows.flow.attachments import StepAttachments


def locks_of(steps: Mapping[str, StepAttachments], target: str) -> dict[str, list[str]]:
    """Return, for each step with an environment, its packages with versions and hashes, for a platform and a Python.

    InvalidFlow, at the decorators' lines, for all that cannot be resolved; EnvironmentUnavailable when the index does
    not answer, UsageError for an unknown target.
    """
    return made_of_environments(steps, lambda spec: list(lock(spec, target)))
