"""Options that stand before a command or after it: what concerns the flow, whoever asks, and its runs. LAUNCH phase."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from airflow_provider_flows.decorators.launch import LaunchOptions

_KEPT = "airflow_provider_flows.cli"
"""In a context's `meta`, which a command shares with the group before it: what was given so far, by name."""


@dataclass(frozen=True)
class Program:
    """A flow's file, and how its command line was started: `flows FLOW.py`."""

    file: Path
    name: str
    class_name: str | None = None
    """The flow that `python FLOW.py` made an object of."""


@dataclass(frozen=True)
class Common:
    """What was given before and after the command; after it wins, and what may be repeated adds up."""

    class_name: str | None = None
    decorators: tuple[str, ...] = ()
    config_paths: tuple[tuple[str, str], ...] = ()
    config_values: tuple[tuple[str, str], ...] = ()
    branch: str | None = None
    production: bool = False
    datastore_root: str | None = None
    namespace: str | None = None
    """A tag, `""` for all runs; None when it was not given."""
    quiet: bool = False

    @property
    def launch_fields(self) -> dict[str, Any]:
        """What LaunchOptions, and all that has its fields, is made of."""
        return {
            "decorators": self.decorators,
            "config_paths": dict(self.config_paths),
            "config_values": dict(self.config_values),
            "branch": self.branch,
            "production": self.production,
        }

    @property
    def launch(self) -> LaunchOptions:
        from airflow_provider_flows.decorators.launch import LaunchOptions  # --help does not need it

        return LaunchOptions(**self.launch_fields)


def common() -> Common:
    """Return what the command at hand was given."""
    return Common(**click.get_current_context().meta.get(_KEPT, {}))


def program() -> Program:
    """Return the program at hand."""
    found = click.get_current_context().find_object(Program)
    assert found is not None, "whoever starts the commands says which file they are about"
    return found


def _keep(ctx: click.Context, option: click.Parameter, value: Any) -> Any:
    """Note the value of an option, on whichever side of the command it stands."""
    name = str(option.name)
    kept = ctx.meta.setdefault(_KEPT, {})
    if ctx.get_parameter_source(name) not in (None, ParameterSource.DEFAULT):
        kept[name] = (*kept.get(name, ()), *value) if option.multiple else value
    return value


def _local(instead: str) -> Callable[..., Any]:
    """Return the check of an option of Metaflow that has one possible value here."""

    def check(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
        if value not in (None, "local"):
            raise click.UsageError(f"--{option.name} {value}: {instead}", ctx)
        return value

    return check


class CommonOption(click.Option):
    """An option that stands on either side of the command."""

    def __init__(self, *names: str, callback: Any = _keep, **attributes: Any) -> None:
        super().__init__(names, expose_value=False, callback=callback, **attributes)


FLOW_OPTIONS = (
    CommonOption("--with", "decorators", multiple=True, metavar="DECORATOR", help="Attach a decorator to all steps."),
    CommonOption("--class", "class_name", metavar="NAME", help="The flow to take, when a file has several."),
    CommonOption(
        "--config", "config_paths", multiple=True, nargs=2, metavar="NAME PATH", help="Read a Config from a file."
    ),
    CommonOption(
        "--config-value", "config_values", multiple=True, nargs=2, metavar="NAME JSON", help="Give a Config's value."
    ),
    CommonOption("--branch", help="Branch of a @project."),
    CommonOption("--production", is_flag=True, help="Production of a @project."),
    CommonOption("--datastore-root", help="Where artifacts are kept. Default: Airflow's [flows] datastore_root."),
)
"""What concerns the flow itself."""

COMMON_OPTIONS = (
    *FLOW_OPTIONS,
    CommonOption("--namespace", metavar="TAG", help="Whose runs to see; empty for all. Default: user:<your name>."),
    CommonOption("--quiet", is_flag=True, help="Say only what was asked for."),
    CommonOption("--pylint/--no-pylint", callback=None, hidden=True),
    CommonOption(
        "--environment",
        callback=_local("steps run in the Python that runs this. Install there what they need."),
        hidden=True,
    ),
    CommonOption(
        "--datastore",
        callback=_local("say where it is, in a folder or a bucket, with --datastore-root s3://bucket/path."),
        hidden=True,
    ),
    CommonOption(
        "--metadata",
        callback=_local("all that is known of runs is in the datastore. Leave the option out."),
        hidden=True,
    ),
)
"""What every command takes. Those that help does not show are Metaflow's, and have one possible value here."""


def noted(options: Iterable[click.Option]) -> list[click.Option]:
    """Return options whose values were noted already, and are not to be noted a second time."""
    return [_unnoticed(option) if option.callback is _keep else option for option in options]


def _unnoticed(option: click.Option) -> click.Option:
    same = copy.copy(option)
    same.callback = None
    return same


class FlowCommand(click.Command):
    """A command about a flow: it takes the common options as well, which its help lists apart."""

    def __init__(self, *arguments: Any, shared: Iterable[click.Option] = COMMON_OPTIONS, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.params = [*self.params, *shared]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        parts: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                parts.setdefault(self.part_of(param), []).append(record)
        for title, records in parts.items():
            with formatter.section(title):
                formatter.write_dl(records)

    def part_of(self, param: click.Parameter) -> str:
        """Return the title of the part of the help that lists an option."""
        return "Options before or after any command" if isinstance(param, CommonOption) else "Options"
