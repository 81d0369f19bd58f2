"""`package list`: the files that travel with the flow in its DAG. LAUNCH phase."""

from __future__ import annotations

import click
from airflow_provider_flows.cli.common import FlowCommand, common
from airflow_provider_flows.cli.compile_options import compile_options
from airflow_provider_flows.cli.flow import stdout_kept
from airflow_provider_flows.cli.package_options import PACKAGE_OPTIONS, tell
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.compiler.compile import flow_package
from airflow_provider_flows.identity import source_bytes


@click.group()
def command() -> None:
    """Look at the code that travels with the flow."""


@command.command("list", cls=FlowCommand, params=[*PACKAGE_OPTIONS])
def list_files(include: tuple[str, ...], package: str) -> None:
    """List the files that a compiled DAG carries: their sizes in bytes, and their paths there.

    What the flow imports and is not there, and files that stay, are told on stderr.
    """
    with stdout_kept():
        found = flow_package(compile_options(include, package))
    tell(found)
    sizes = {path: len(source_bytes(source)) for path, source in found.files.items()}
    for path, size in sizes.items():
        say(f"{size:>9}  {path}")
    if not common().quiet:
        say(f"{sum(sizes.values()):>9}  together", err=True)
