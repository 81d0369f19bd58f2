"""A flow's parameters as options of its command line. LAUNCH phase."""

from __future__ import annotations

from typing import Any

import click
from airflow_provider_flows.errors import ParameterError
from airflow_provider_flows.flow.parameters import Parameter

ENVIRONMENT_PREFIX = "METAFLOW_RUN_"


class ParameterOption(click.ParamType[Any]):
    """Checks the text of an option as the flow's parameter would read it; the first step's process converts it."""

    def __init__(self, parameter: Parameter) -> None:
        self._parameter = parameter
        self.name = getattr(parameter.type, "name", None) or getattr(parameter.type, "__name__", None) or "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        parameter = self._parameter
        try:
            if not parameter.is_include_file:
                parameter.convert(value)
        except ParameterError as error:
            self.fail(str(error), param, ctx)
        return value


def parameter_option(parameter: Parameter) -> click.Option:
    """Return the option `--name` of a parameter: a flag, a repeated option, or one that takes a value."""
    default = parameter.default
    known: dict[str, Any] = {
        "help": parameter.help,
        "required": parameter.required,
        "show_default": parameter.has_default if parameter.show_default is None else parameter.show_default,
        "envvar": f"{ENVIRONMENT_PREFIX}{parameter.option_name.upper()}",
    }
    if parameter.is_flag:
        return click.Option([f"--{parameter.name}/--no-{parameter.name}"], default=bool(default), **known)
    if parameter.multiple:
        kind: Any = parameter.type or str
        return click.Option([f"--{parameter.name}"], type=kind, multiple=True, default=default or (), **known)
    if parameter.has_default:  # click takes any default, also None, for a value that is there
        known["default"] = default
    return click.Option([f"--{parameter.name}"], type=ParameterOption(parameter), **known)
