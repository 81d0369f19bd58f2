"""The commands of a flow: `flows FLOW.py [OPTIONS] COMMAND …`, each loaded when it is asked for. LAUNCH phase."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import click
from airflow_provider_flows import __version__
from airflow_provider_flows.cli.common import COMMON_OPTIONS, Program, program
from airflow_provider_flows.cli.elsewhere import elsewhere
from airflow_provider_flows.cli.exits import exit_code, leave, spell_everything
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.graph.wording import suggest
from airflow_provider_flows.local_code import is_environment, is_ours
from airflow_provider_flows.metaflow_compat import install

_COMMANDS = {
    "run": "run:command",
    "resume": "resume:command",
    "runs": "runs:command",
    "check": "graph:check",
    "show": "graph:show",
    "output-dot": "graph:output_dot",
    "dump": "dump:command",
    "logs": "logs:command",
    "card": "card:command",
    "tag": "tag:command",
    "compile": "compile:subcommand",
    "package": "package:command",
    "environment": "environment:command",
    "step": "step:command",
    "airflow": "airflow:command",
    "version": "commands:show_version",
    "help": "commands:show_help",
}
"""Where each command is: a module of this package, and a name in it."""

_HINTS = """
{name} show      shows the flow's steps
{name} run       runs it on this machine
{name} --help    lists all commands"""


class _Commands(click.Group):
    """Loads a command's module when the command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return _load(name) if name in _COMMANDS else elsewhere(name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if (
            args[0] not in _COMMANDS and elsewhere(args[0]) is None and not args[0].startswith("-")
        ):  # click suggests nothing before 8.4
            ctx.fail(" ".join(filter(None, [f"No such command {args[0]!r}.", suggest(args[0], _COMMANDS, "{0!r}")])))
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    params=[*COMMON_OPTIONS],
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="flows")
@click.pass_context
def commands(ctx: click.Context) -> None:
    """Check a flow, run it here, look at its runs, and compile it for Airflow."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(_load("check"))
        say(_HINTS.format(name=program().name), err=True)


def _load(name: str) -> click.Command:
    module, _, attribute = _COMMANDS[name].partition(":")
    found: click.Command = getattr(import_module(f"{__package__}.{module}"), attribute)
    return found


@click.command("help", hidden=True)
@click.pass_context
def show_help(ctx: click.Context) -> None:
    """List all commands, as --help does."""
    say(ctx.parent.get_help() if ctx.parent else "")


@click.command("version", hidden=True)
def show_version() -> None:
    """Say which version of the package this is."""
    say(__version__)


def main(arguments: list[str] | None = None) -> None:
    """Run `flows FLOW.py COMMAND …` and exit with its code."""
    install()
    given = list(sys.argv[1:] if arguments is None else arguments)
    leave(exit_code(lambda: _flows(given)))


def run_as_script(flow_class: type) -> None:
    """Run the command line of `python FLOW.py COMMAND …`; nothing where a flow is only made an object of.

    `MyFlow()` starts it in the code of a script, wherever the class comes from; not in a step, a test or a notebook.
    """
    script = _script()
    if script is not None:
        install()
        this = Program(script, f"python {sys.argv[0]}", flow_class.__name__)
        leave(exit_code(lambda: _run(this, sys.argv[1:])))


def _script() -> Path | None:
    """Return the user's script whose code is running, None where it is somebody else's program that runs."""
    main = sys.modules.get("__main__")
    file, frame = getattr(main, "__file__", None), sys._getframe()
    while frame.f_back is not None and is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    while frame.f_back is not None and not is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    if file is None or frame.f_globals is not vars(main) or is_ours(frame.f_code.co_filename):
        return None
    path = Path(file)
    return path if path.suffix == ".py" and not any(map(is_environment, path.absolute().parents)) else None


def _flows(given: list[str]) -> int:
    if not given or given[0] in ("-h", "--help", "--version"):
        return _run(Program(Path(), "flows FLOW.py"), given[:1] or ["--help"])
    file, *rest = given
    if file.startswith("-") or (file in _COMMANDS and not Path(file).exists()):
        flow = next((word for word in rest if word.endswith(".py")), "FLOW.py")
        raise click.UsageError(f"The flow's file comes first: flows {flow} {file} …")
    return _run(Program(Path(file), f"flows {file}"), rest)


def _run(this: Program, arguments: list[str]) -> int:
    spell_everything()
    return int(commands.main(arguments, prog_name=this.name, obj=this, standalone_mode=False) or 0)
