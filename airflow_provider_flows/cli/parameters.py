"""A flow's parameters as options of its command line. LAUNCH phase."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from airflow_provider_flows.cli.run_options import RUN_OPTIONS
from airflow_provider_flows.errors import ParameterError
from airflow_provider_flows.flow.parameters import Parameter, resolve_parameters

ENVIRONMENT_PREFIXES = ("FLOWS_RUN_", "METAFLOW_RUN_")
_PLAIN = (str, int, float, bool)
_NO_OPTION = re.compile(r"^-|[\s=/;]")


class ParameterOption(click.Option):
    """The option `--name` of a parameter. Its value is what was given; the first step's process converts it."""

    def __init__(self, parameter: Parameter, number: int) -> None:
        self.parameter = parameter
        name = f"--{parameter.name}/--no-{parameter.name}" if parameter.is_flag else f"--{parameter.name}"
        # A name of our own, because a parameter's need not be an identifier.
        super().__init__([name, f"parameter_{number}"], **_look(parameter))

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """Return the value as it was given, once it is known that the parameter can take it."""
        if value is None:
            return None
        given: Any = list(value) if self.multiple else value
        try:
            if self.parameter.is_include_file:
                return self._file(ctx, given)
            self.parameter.convert(given)
        except ParameterError as error:
            raise click.BadParameter(str(error), ctx, self) from None
        return given

    def _file(self, ctx: click.Context, path: str) -> str:
        """Return the absolute path of a file that was named here; the default is beside the flow."""
        if path == self.parameter.default:
            return path
        file = Path(path).expanduser().absolute()
        if not file.is_file() or not os.access(file, os.R_OK):
            raise click.BadParameter(f"there is no file {path!r} that can be read.", ctx, self)
        return str(file)


def parameter_options(flow_class: type) -> list[ParameterOption]:
    """Return the options of the flow's parameters, defaults evaluated; ParameterError for what cannot be an option."""
    taken = {"--class", *(name for option in RUN_OPTIONS for name in option.opts)}
    return [
        _option(parameter, number, taken) for number, parameter in enumerate(resolve_parameters(flow_class).values())
    ]


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
            raise parameter.wrong(f"{value!r:.80} is nothing that JSON can say, as what a run is given must be.")
    return values


def _option(parameter: Parameter, number: int, taken: set[str]) -> ParameterOption:
    if _NO_OPTION.search(parameter.name):
        raise parameter.wrong(
            f"{parameter.name!r} cannot be an option: leave out blanks, '=', '/', ';', and '-' first."
        )
    try:
        option = ParameterOption(parameter, number)
    except (TypeError, ValueError) as error:
        raise parameter.wrong(f"it cannot be an option of the command line: {error}") from None
    for name in option.opts:
        if name in taken:
            raise parameter.wrong(f"{name} is an option of `run` already. Choose another name.")
    option.secondary_opts = [name for name in option.secondary_opts if name not in taken]
    taken.update(option.opts)
    return option


def _look(parameter: Parameter) -> dict[str, Any]:
    """Return what click shows and asks of a parameter's option."""
    environment = [prefix + parameter.option_name.upper() for prefix in ENVIRONMENT_PREFIXES]
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
    if parameter.has_default:  # click takes any default, also None, for a value that is there
        several = parameter.multiple and not isinstance(parameter.default, (list, tuple))
        look["default"] = [parameter.default] if several else parameter.default
    return look


def _kind(parameter: Parameter) -> dict[str, Any]:
    """Return the type by which click describes the values; what they are is the parameter's to say."""
    if parameter.is_flag:
        return {}
    if parameter.is_include_file:
        return {"type": str, "metavar": "PATH"}
    if parameter.separator or parameter.type in _PLAIN or isinstance(parameter.type, click.ParamType):
        return {"type": str if parameter.separator else parameter.type}
    return {"type": str, "metavar": "JSON"}


def _survives_json(value: Any) -> bool:
    try:
        return bool(json.loads(json.dumps(value)) == value)
    except (TypeError, ValueError):
        return False
