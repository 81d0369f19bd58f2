"""`flows FLOW.py COMMAND`, and the same behind `python FLOW.py COMMAND`. LAUNCH phase; imports no Airflow.

Exit codes: 0 when all went well, 1 when a check found a difference or a run failed, 2 when the flow or the command is
wrong.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from airflow_provider_flows import __version__
from airflow_provider_flows.compiler.cli import command as compile_command
from airflow_provider_flows.compiler.cli import run

if TYPE_CHECKING:
    from airflow_provider_flows.decorators.launch import LaunchedFlow

_FLOW = click.argument("flow", type=click.Path(path_type=Path))
_CLASS = click.option("--class", "class_name", metavar="NAME", help="The flow to take, when a file has several.")
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@click.group(context_settings=_SETTINGS)
@click.version_option(__version__, prog_name="flows")
def command() -> None:
    """Look at a flow, run it here, and compile it for Airflow: flows FLOW.py COMMAND."""


@command.command()
@_FLOW
@_CLASS
def check(flow: Path, class_name: str | None) -> None:
    """Check the flow's graph, decorators and parameters; report what is wrong with its line."""
    _checked(flow, class_name)
    click.echo("The graph looks good!", err=True)


@command.command()
@_FLOW
@_CLASS
def show(flow: Path, class_name: str | None) -> None:
    """Show the flow's steps, their decorators and where they lead."""
    from airflow_provider_flows.graph.picture import text

    checked = _checked(flow, class_name)
    decorators = {name: [f"@{decorator}" for decorator in step.decorators] for name, step in checked.steps.items()}
    click.echo(text(checked.graph, decorators).rstrip("\n"))


@command.command("output-dot")
@_FLOW
@_CLASS
def output_dot(flow: Path, class_name: str | None) -> None:
    """Write the flow's graph for Graphviz."""
    from airflow_provider_flows.graph.picture import dot

    click.echo(dot(_checked(flow, class_name).graph), nl=False)


@command.command("run", add_help_option=False)
@_FLOW
def run_without_file(flow: Path) -> None:
    """Run the flow on this machine; `flows FLOW.py run --help` shows its parameters."""


command.add_command(compile_command, "compile")


def main(arguments: list[str] | None = None) -> None:
    """Run `flows FLOW.py COMMAND …` and exit with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0].endswith(".py"):  # the file comes first, as when it is run itself
        file, *rest = given
        name, *more = rest or ["check"]
        given = [name, file, *more]
    if len(given) > 1 and given[0] == "run":
        from airflow_provider_flows.local.command import run_command  # the launcher is for runs alone

        sys.exit(run(lambda: run_command(Path(given[1]), given[2:])))
    sys.exit(run(lambda: command.main(given, prog_name="flows", standalone_mode=False)))


def run_as_script(flow_class: type) -> None:
    """Run the command line of `python FLOW.py COMMAND …`; nothing where a flow is only made an object of."""
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    if flow_class.__module__ == "__main__" and script is not None:
        main([script, *sys.argv[1:]])


def _checked(file: Path, class_name: str | None) -> LaunchedFlow:
    """Return the flow, set up; InvalidFlow names all that is wrong with it."""
    from airflow_provider_flows.decorators.launch import launch
    from airflow_provider_flows.flow.loading import load_flow
    from airflow_provider_flows.flow.parameters import resolve_parameters

    with contextlib.redirect_stdout(sys.stderr):  # a flow file may print while it is imported
        launched = launch(load_flow(file, class_name))
        resolve_parameters(launched.loaded.flow_class)
    return launched
