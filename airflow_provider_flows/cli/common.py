"""Options that stand before a command or after it: what concerns the flow, whoever asks, and its runs. LAUNCH phase."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from airflow_provider_flows.flow.variables import variables
from click.core import ParameterSource

if TYPE_CHECKING:
    from airflow_provider_flows.setup.launch import LaunchOptions

_BEFORE, _AFTER, _VARIABLES = (f"airflow_provider_flows.cli.{place}" for place in ("before", "after", "variables"))
"""In a context's `meta`, which a command shares with the group before it: the values that were given, by name.

Those before the command, those after it, and those of environment variables.
"""


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
    without: tuple[str, ...] = ()
    config_paths: tuple[tuple[str, str], ...] = ()
    config_values: tuple[tuple[str, str], ...] = ()
    branch: str | None = None
    production: bool = False
    datastore_root: str | None = None
    package_suffixes: str | None = None
    namespace: str | None = None
    """A tag, `""` for all runs; None when it was not given."""
    quiet: bool = False

    @property
    def launch(self) -> LaunchOptions:
        """What was given about the flow itself."""
        from airflow_provider_flows.decorators.dropping import dropping  # --help needs neither
        from airflow_provider_flows.setup.launch import LaunchOptions

        specs = (*self.decorators, *dropping(self.without))
        return LaunchOptions(specs, dict(self.config_paths), dict(self.config_values), self.branch, self.production)


def common() -> Common:
    """Return what the command at hand was given."""
    meta = click.get_current_context().meta
    found = dict(meta.get(_BEFORE, {}))
    for name, value in meta.get(_AFTER, {}).items():
        found[name] = (*found.get(name, ()), *value) if isinstance(value, tuple) else value
    return Common(**{**meta.get(_VARIABLES, {}), **found})


def program() -> Program:
    """Return the program at hand."""
    found = click.get_current_context().find_object(Program)
    assert found is not None, "the command line always says which file it is about"
    return found


def _keep(ctx: click.Context, option: click.Parameter, value: Any) -> Any:
    """Note the value of an option, on whichever side of the command it stands."""
    name, source = str(option.name), ctx.get_parameter_source(str(option.name))
    if source is ParameterSource.ENVIRONMENT:  # the same on both sides, and less than what was typed on either
        ctx.meta.setdefault(_VARIABLES, {})[name] = value
    elif source not in (None, ParameterSource.DEFAULT):
        ctx.meta.setdefault(_BEFORE if ctx.parent is None else _AFTER, {})[name] = value
    return value


def peek(options: Iterable[click.Option], arguments: Iterable[str], parent: click.Context | None) -> None:
    """Note the values of these options behind a command, whose own options cannot be known without them.

    Others, and what is wrong, are for the command itself to find, which notes all of them once more.
    """
    settings = {"ignore_unknown_options": True, "allow_extra_args": True}
    reader = click.Command("peek", params=[*options], add_help_option=False, context_settings=settings)
    forget(parent)
    reader.make_context("peek", list(arguments), parent, resilient_parsing=True)


def forget(parent: click.Context | None) -> None:
    """Forget what was noted behind the command, which is read again."""
    if parent is not None:
        parent.meta.pop(_AFTER, None)


def only(possible: str | tuple[str, ...] | None, instead: str) -> Callable[..., Any]:
    """Return the check of an option of Metaflow that has one possible value here, a few or none."""
    accepted = (possible,) if isinstance(possible, str) else possible or ()

    def check(ctx: click.Context, option: click.Parameter, value: Any) -> Any:
        if value not in (None, False, *accepted):
            named = option.opts[0]
            if ctx.get_parameter_source(str(option.name)) is ParameterSource.ENVIRONMENT:
                named = next(each for each in option.envvar or () if os.environ.get(each))
            given = named if value is True else f"{named} {value}"
            raise click.UsageError(f"{given}: {instead}", ctx)
        return value

    return check


def _conda_as(ctx: click.Context, option: click.Parameter, value: Any) -> Any:
    """Give the setting `conda` a value for this command and the processes that it starts."""
    if value is not None:
        os.environ["FLOWS_CONDA"] = value
    return value


class CommonOption(click.Option):
    """An option that stands on either side of the command; `ends` are what its environment variables end with."""

    def __init__(self, *names: str, callback: Any = _keep, ends: Iterable[str] = (), **attributes: Any) -> None:
        envvar = [variable for end in ends for variable in variables(end)]
        super().__init__(names, expose_value=False, callback=callback, envvar=envvar, **attributes)


class _Ignored(CommonOption):
    """An option of Metaflow that changes nothing here, so that command lines written for it work."""

    def __init__(self, *names: str, **attributes: Any) -> None:
        super().__init__(*names, callback=None, hidden=True, **attributes)


class _DatastoreRoot(CommonOption):
    """`--datastore-root`. With `FLOWS_` in front its variable is a setting, which wins and is not written into DAGs."""

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        ours, _ = variables("datastore_root")
        return None if os.environ.get(ours) else super().resolve_envvar_value(ctx)


class _Root(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.2 on
    """The root of a datastore, as it was given, if it can be one."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from airflow_provider_flows.store.root import resolve_root  # --help does not need it

        if not value:
            self.fail("name a folder or a URL, or leave the option out.", param, ctx)
        resolve_root(value)
        return value


FLOW_OPTIONS = (
    CommonOption(
        *("--with", "decorators"),
        multiple=True,
        metavar="DECORATOR",
        help="Attach a decorator to all steps.",
    ),
    CommonOption(
        "--without",
        multiple=True,
        metavar="NAME[,NAME]",
        ends=("without",),
        help="Take decorators of these names off the flow; what they ask of a machine counts as @resources.",
    ),
    CommonOption("--class", "class_name", metavar="NAME", help="The flow to take, when a file has several."),
    CommonOption(
        "--config", "config_paths", multiple=True, nargs=2, metavar="NAME PATH", help="Read a Config from a file."
    ),
    CommonOption(
        "--config-value", "config_values", multiple=True, nargs=2, metavar="NAME JSON", help="Give a Config's value."
    ),
    CommonOption("--branch", ends=("branch",), help="Branch of a @project. Default: user.<you>."),
    CommonOption("--production", is_flag=True, ends=("production",), help="Production of a @project."),
    CommonOption(
        "--conda-as",
        type=click.Choice(["pypi"]),
        callback=_conda_as,
        help="Take the packages of @conda from the Python package index. Default: [flows] conda.",
    ),
    _DatastoreRoot(
        "--datastore-root",
        type=_Root(),
        ends=("datastore_root",),
        help="Where artifacts are kept. Default: Airflow's [flows] datastore_root.",
    ),
    CommonOption(
        "--package-suffixes", metavar="SUFFIXES", help="Package files of the flow's folder that end so: .py,.sql"
    ),
)
"""What concerns the flow itself."""

COMMON_OPTIONS = (
    *FLOW_OPTIONS,
    CommonOption(
        "--namespace",
        metavar="TAG",
        ends=("namespace", "run_user_namespace"),
        help="Whose runs to see; empty for all. Default: user:<your name>.",
    ),
    CommonOption("--quiet", is_flag=True, ends=("quiet",), help="Print only the output of the command."),
    _Ignored("--not-quiet", is_flag=True),
    _Ignored("--pylint/--no-pylint"),
    _Ignored("--event-logger"),
    _Ignored("--monitor"),
    _Ignored("--local-config-file"),
    _Ignored("--force-rebuild-environments/--no-force-rebuild-environments"),
    CommonOption(
        "--environment",
        ends=("environment",),
        callback=only(
            ("local", "pypi", "conda"),
            "steps run in the Python that runs this, and those with @pypi or @conda in environments of their own.",
        ),
        hidden=True,
    ),
    CommonOption(
        "--datastore",
        ends=("datastore",),
        callback=only("local", "say where it is, in a folder or a bucket, with --datastore-root s3://bucket/path."),
        hidden=True,
    ),
    CommonOption(
        "--metadata",
        ends=("metadata",),
        callback=only("local", "all information about runs is in the datastore. Leave the option out."),
        hidden=True,
    ),
)
"""What every command takes. Those that help does not show are Metaflow's: ignored, or with one possible value here."""


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
