"""The Python environments of a flow's steps, ready before a local run begins. LAUNCH phase."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from airflow_provider_flows.decorators.environments import environment_of
from airflow_provider_flows.environments import EnvironmentSpec, ReadyEnvironment, prepare
from airflow_provider_flows.errors import EnvironmentFailed, InvalidFlow, Problem
from airflow_provider_flows.flow.attachments import StepAttachments


def step_environments(
    steps: Mapping[str, StepAttachments], say: Callable[[str], object]
) -> dict[str, ReadyEnvironment]:
    """Return the environment of each step that has one of its own; those that are not there are built.

    InvalidFlow, at the decorators' lines, for all that cannot be built as they are asked for; EnvironmentUnavailable
    when one could not be built now.
    """
    found: dict[str, ReadyEnvironment] = {}
    wrong: dict[EnvironmentSpec, str] = {}
    problems: list[Problem] = []
    for name, step in steps.items():
        decorator = environment_of(step)
        spec = None if decorator is None else decorator.environment
        if decorator is None or spec is None:
            continue
        try:
            if spec not in wrong:
                found[name] = prepare(spec, say)
        except EnvironmentFailed as error:
            wrong[spec] = str(error)
        if spec in wrong:
            problems.append(decorator.problem(f"step {name!r}: {wrong[spec]}"))
    if problems:
        raise InvalidFlow(problems)
    return found
