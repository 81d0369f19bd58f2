"""`environment list|build|clean`: the Python environments of a flow's steps on this machine. LAUNCH phase."""

from __future__ import annotations

from collections.abc import Iterator

import click
from airflow_provider_flows.cli.common import FlowCommand
from airflow_provider_flows.cli.flow import launched
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.decorators.environments import environments_of
from airflow_provider_flows.environments import EnvironmentSpec
from airflow_provider_flows.environments.build import found, remove
from airflow_provider_flows.local.step_environments import step_environments


@click.group()
def command() -> None:
    """List, build or remove the Python environments of steps."""


@command.command("list", cls=FlowCommand)
def list_environments() -> None:
    """List the steps that have an environment of their own, what it holds, and where it is once it is built."""
    for step, spec in _specs():
        ready = found(spec)
        say(f"{step}: {spec}")
        say(f"    {ready.python.parents[1]}" if ready else "    not built on this machine")
        for line in ready.packages if ready else ():
            say(f"    {line}")


@command.command("build", cls=FlowCommand)
def build_environments() -> None:
    """Build the environments of all steps that are not built on this machine yet, as for an image of the workers."""
    flow = launched(environment="local")
    ready = step_environments(flow.steps, say=lambda text: say(text, err=True))
    for step, environment in ready.items():
        say(f"{step}: {environment.python.parents[1]}")


@command.command("clean", cls=FlowCommand)
def clean_environments() -> None:
    """Remove the environments of the flow's steps from this machine; nothing that runs may be using them."""
    for spec in dict.fromkeys(spec for _, spec in _specs()):
        folder = remove(spec)
        if folder is not None:
            say(f"Removed {folder}")


def _specs() -> Iterator[tuple[str, EnvironmentSpec]]:
    for name, _, spec in environments_of(launched(environment="local").steps):
        yield name, spec
