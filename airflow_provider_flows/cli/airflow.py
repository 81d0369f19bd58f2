"""`airflow create FILE`: Metaflow's way to say `compile -o FILE`. LAUNCH phase."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from airflow_provider_flows.cli.common import FlowCommand, only
from airflow_provider_flows.cli.compile import OPTIONS, run_compile

_TOKENS = "there are no production tokens here; anyone who can write to Airflow's DAG folder can deploy. Leave it out."


@click.group(hidden=True)
def command() -> None:
    """Compile the flow for Airflow."""


def _rejected(name: str, instead: str, **attributes: Any) -> click.Option:
    return click.Option([name], hidden=True, expose_value=False, callback=only(None, instead), **attributes)


@command.command(
    "create",
    cls=FlowCommand,
    params=[
        *(option for option in OPTIONS if option.name not in ("output", "pool")),
        click.Option(["--pool", "--worker-pool"], help="Pool of all tasks."),
        _rejected("--authorize", _TOKENS),
        _rejected("--new-token", _TOKENS),
        _rejected("--generate-new-token", _TOKENS, is_flag=True),
        _rejected("--is-paused-upon-creation", "set [core] dags_are_paused_at_creation in Airflow.", is_flag=True),
        _rejected("--workflow-timeout", "let a flow decorator's dag_arguments() give Airflow a dagrun_timeout."),
    ],
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def create(file: Path, **given: Any) -> int:
    """Compile the flow into an Airflow DAG in FILE, as `compile -o FILE` does."""
    return run_compile(output=str(file), **given)
