"""`package list`: the files that travel with the flow in its DAG. LAUNCH phase."""

from __future__ import annotations

import click
from airflow_provider_flows.cli.common import FlowCommand, common
from airflow_provider_flows.cli.compile import compile_options
from airflow_provider_flows.cli.flow import stdout_kept
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.compiler.compile import flow_files
from airflow_provider_flows.identity import source_bytes


@click.group()
def command() -> None:
    """Look at the code that travels with the flow."""


@command.command("list", cls=FlowCommand)
@click.option("--include", multiple=True, metavar="GLOB", help="As it will be given to `compile`.")
def list_files(include: tuple[str, ...]) -> None:
    """List the files that a compiled DAG carries: their sizes in bytes, and their paths beside the flow."""
    with stdout_kept():
        files = flow_files(compile_options(include=include))
    sizes = {path: len(source_bytes(source)) for path, source in files.items()}
    for path, size in sizes.items():
        say(f"{size:>9}  {path}")
    if not common().quiet:
        say(f"{sum(sizes.values()):>9}  together", err=True)
