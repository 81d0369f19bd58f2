"""`flows FLOW.py run`: options of the run itself, and one for each parameter of the flow. LAUNCH phase."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from airflow_provider_flows.decorators.launch import LaunchedFlow, launch
from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.flow.parameters import resolve_parameters
from airflow_provider_flows.local.options import parameter_option
from airflow_provider_flows.local.run import RunOptions, run_locally
from airflow_provider_flows.store import Store, open_store

_RUN_OPTIONS = (
    click.Option(["--class", "class_name"], metavar="NAME", help="The flow to run, when a file has several."),
    click.Option(["--with", "decorators"], multiple=True, metavar="DECORATOR", help="Attach a decorator to all steps."),
    click.Option(["--config", "config_paths"], multiple=True, nargs=2, metavar="NAME PATH", help="Read a Config."),
    click.Option(["--config-value", "config_values"], multiple=True, nargs=2, metavar="NAME JSON", help="Or give it."),
    click.Option(["--tag", "tags"], multiple=True, help="Tag the run."),
    click.Option(["--max-workers"], type=click.IntRange(min=1), default=16, show_default=True, help="Steps at once."),
    click.Option(
        ["--max-num-splits"], type=click.IntRange(min=1), default=100, show_default=True, help="Of a foreach."
    ),
    click.Option(["--namespace"], help="Namespace of the run."),
    click.Option(["--run-id-file"], type=click.Path(dir_okay=False, path_type=Path), help="Write the run's id there."),
    click.Option(["--datastore-root"], help="Where artifacts are kept."),
    click.Option(["--branch"], help="Branch of a @project."),
    click.Option(["--production"], is_flag=True, help="Run as the production of a @project."),
    click.Option(["--quiet"], is_flag=True, help="Show only what steps print."),
)


def run_command(file: Path, arguments: Sequence[str]) -> int:
    """Run the flow in `file` as the command line says; return the exit code."""
    early = click.Command(
        "run",
        params=list(_RUN_OPTIONS),
        add_help_option=False,
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )
    first = early.make_context("run", list(arguments), resilient_parsing=True).params
    with contextlib.redirect_stdout(sys.stderr):  # a flow file may print while it is imported
        options = _options(first)
        store = open_store(options.datastore_root)
        flow = launch(load_flow(file, options.class_name), options.launch, environment="local", flow_datastore=store)
        command = _full_command(flow, store)
    return int(command.main(list(arguments), prog_name=f"flows {file} run", standalone_mode=False) or 0)


def _full_command(flow: LaunchedFlow, store: Store) -> click.Command:
    """Return the command with the flow's parameters, which mutators and configurations may have changed."""
    parameters = list(resolve_parameters(flow.loaded.flow_class).values())
    options = {parameter: parameter_option(parameter) for parameter in parameters}

    def call(**given: Any) -> int:
        values = {parameter.name: given.pop(str(option.name)) for parameter, option in options.items()}
        return run_locally(flow, store, _options(given, values))

    return click.Command(
        "run",
        params=[*_RUN_OPTIONS, *options.values()],
        callback=call,
        help=flow.graph.doc or None,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )


def _options(given: dict[str, Any], parameters: dict[str, Any] | None = None) -> RunOptions:
    pairs = {name: dict(given[name] or ()) for name in ("config_paths", "config_values")}
    return RunOptions(**{**given, **pairs}, parameters=parameters or {})
