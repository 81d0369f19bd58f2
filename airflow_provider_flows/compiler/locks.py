"""The exact packages of steps' environments, resolved when a flow is compiled. LAUNCH phase, in `flows-compile`."""

from __future__ import annotations

from collections.abc import Mapping

from airflow_provider_flows.decorators.environments import environment_of
from airflow_provider_flows.environments import EnvironmentSpec
from airflow_provider_flows.environments.resolve import lock
from airflow_provider_flows.errors import EnvironmentFailed, InvalidFlow, Problem
from airflow_provider_flows.flow.attachments import StepAttachments


def locks_of(steps: Mapping[str, StepAttachments], target: str) -> dict[str, list[str]]:
    """Return, for each step with an environment, its packages with versions and hashes, for a platform and a Python.

    InvalidFlow, at the decorators' lines, for all that cannot be resolved; EnvironmentUnavailable when the index does
    not answer, UsageError for a target that there is not.
    """
    known: dict[EnvironmentSpec, list[str]] = {}
    problems: list[Problem] = []
    locks: dict[str, list[str]] = {}
    for name, step in steps.items():
        decorator = environment_of(step)
        spec = None if decorator is None else decorator.environment
        if decorator is None or spec is None:
            continue
        try:
            if spec not in known:
                known[spec] = list(lock(spec, target))
            locks[name] = known[spec]
        except EnvironmentFailed as error:
            problems.append(decorator.problem(f"step {name!r}: {error}"))
    if problems:
        raise InvalidFlow(problems)
    return locks
