"""A flow's parameters as options of its command line. LAUNCH phase."""

from __future__ import annotations

import copy
import inspect
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import click
from airflow_provider_flows.errors import ParameterError, message_of, words_of
from airflow_provider_flows.flow.parameters import Parameter
from airflow_provider_flows.flow.variables import variables
from airflow_provider_flows.graph.wording import suggest
from airflow_provider_flows.text import in_short

_NO_OPTION = re.compile(r"^-|[\s=/;\x00-\x1f\ud800-\udfff]")
_KEYWORDS = {
    name
    for cls in (click.Option, click.Parameter)
    for name, parameter in inspect.signature(cls.__init__).parameters.items()
    if parameter.kind is not parameter.VAR_KEYWORD and name not in ("self", "param_decls", "expose_value")
}
"""What click's options take, and so a Parameter."""


class ParameterOption(click.Option):
    """The option `--name` of a parameter. Its value is text as it was given; the first step's process converts it."""

    def __init__(self, parameter: Parameter, number: int) -> None:
        self.parameter = parameter
        name = f"--{parameter.name}/--no-{parameter.name}" if parameter.is_flag else f"--{parameter.name}"
        # A name of our own, because a parameter's need not be an identifier.
        super().__init__([name, f"parameter_{number}"], **_look(parameter))

    def get_default(self, ctx: click.Context, call: bool = True) -> Any:
        """Return the default; for help texts (`call` is false there) a container as the JSON that can be typed."""
        default = super().get_default(ctx, call)
        is_json = not call and not self.parameter.multiple and isinstance(self.parameter.default, (dict, list, tuple))
        return json.dumps(self.parameter.default, default=in_short) if is_json else default

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        try:
            return super().handle_parse_result(ctx, opts, args)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:  # of the flow's own callback or type
            raise self.parameter.wrong(f"its value could not be taken: {words_of(error)}") from error


def parameter_options(parameters: Iterable[Parameter], taken: Iterable[str] = ()) -> list[ParameterOption]:
    """Return the options of parameters whose defaults are evaluated, beside those whose names are `taken`."""
    options = [as_option(parameter, number) for number, parameter in enumerate(parameters)]
    used = {*taken, *(name for option in options for name in option.opts)}
    for option in options:
        option.secondary_opts = [name for name in option.secondary_opts if name not in used]
    return options


def as_option(parameter: Parameter, number: int = 0) -> ParameterOption:
    """Return a parameter as an option of a command line; ParameterError when it cannot be one."""
    if _NO_OPTION.search(parameter.name):
        raise parameter.wrong(
            f"{in_short(parameter.name)} cannot be an option: leave out blanks, '=', '/', ';', and '-' first."
        )
    for keyword in parameter.options.keys() - _KEYWORDS:
        known = {*_KEYWORDS, *inspect.signature(type(parameter).__init__).parameters} - {"self", "name", "options"}
        hint = suggest(keyword, sorted(known), "{0}=") or f"It takes {', '.join(sorted(known))}."
        raise parameter.wrong(f"it takes no {keyword}=. {hint}")
    try:
        return ParameterOption(parameter, number)
    except Exception as error:  # whatever click finds wrong with what it was given
        raise parameter.wrong(f"it cannot be an option of the command line: {message_of(error)}") from None


def values_of(options: Iterable[ParameterOption], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters' values by name, as a run's record keeps them.

    A default that JSON cannot say is left out: the first step's process has it. ParameterError for one that was made
    here.
    """
    values: dict[str, Any] = {}
    for option in options:
        parameter, value = option.parameter, given[str(option.name)]
        said = list(value) if isinstance(value, tuple) else value
        if _survives_json(said):
            values[parameter.name] = said
        elif value is not parameter.default or parameter.is_deploy_time:
            raise parameter.wrong(f"{in_short(value)} cannot be written as JSON, as the parameters of a run must be.")
    return values


def _look(parameter: Parameter) -> dict[str, Any]:
    """Return what click shows and asks of a parameter's option."""
    environment = variables("run", parameter.option_name)
    look: dict[str, Any] = {
        "help": parameter.help,
        "required": parameter.required,
        "show_default": parameter.has_default if parameter.show_default is None else parameter.show_default,
        "multiple": parameter.multiple,
        **_kind(parameter),
        **parameter.options,
    }
    if look.pop("nargs", 1) != 1:
        raise TypeError("nargs is not supported; say multiple=True, and give the option several times")
    own = look.pop("envvar", None) or []
    look["envvar"] = [*([own] if isinstance(own, str) else own), *environment]
    if not callable(look.get("callback", print)):
        raise TypeError("callback is a function")
    if not all(isinstance(name, str) for name in look["envvar"]):
        raise TypeError("envvar is the name of an environment variable, or a list of names")
    if parameter.has_default:  # click takes any default, also None, for a value that is there
        several = parameter.multiple and not isinstance(parameter.default, (list, tuple))
        look["default"] = [parameter.default] if several else parameter.default
    return look


def _kind(parameter: Parameter) -> dict[str, Any]:
    """Return the type by which click describes the values, which says whether the parameter can take them."""
    if parameter.is_flag:
        return {}

    def convert(value: Any, option: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return parameter.typed(value)
        except ParameterError as error:
            raise click.BadParameter(str(error), ctx, option) from None

    kind = copy.copy(parameter.cli_type())
    kind.convert = convert  # type: ignore[method-assign,assignment]
    return {"type": kind} if parameter.metavar is None else {"type": kind, "metavar": parameter.metavar}


def _survives_json(value: Any) -> bool:
    try:
        return bool(json.loads(json.dumps(value)) == value)
    except (TypeError, ValueError):
        return False
