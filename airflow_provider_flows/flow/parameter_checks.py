"""What is wrong with a flow's parameters, told before anything runs: names, fields, defaults, options. LAUNCH."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from airflow_provider_flows.errors import ParameterError, Problem
from airflow_provider_flows.flow.config_expression import ConfigExpression
from airflow_provider_flows.flow.config_value import ConfigValue
from airflow_provider_flows.flow.option import as_option
from airflow_provider_flows.flow.parameters import OF_EVERY_FLOW, Parameter, ParameterContext, parameters_of
from airflow_provider_flows.flow.user import username


def name_problems(flow_class: type) -> Iterator[Problem]:
    """Yield what is wrong with the names: two that differ by case alone, or that hide what every flow has."""
    seen: dict[str, str] = {}
    for attribute, parameter in parameters_of(flow_class).items():
        other = seen.setdefault(parameter.option_name, attribute)
        if other != attribute:
            yield parameter.problem(
                f"Parameters {other!r} and {attribute!r} of {flow_class.__name__} share the name "
                f"{parameter.name!r}; names are compared without case."
            )
        if attribute in OF_EVERY_FLOW:
            yield parameter.problem(
                f"Parameter {parameter.name!r}: the attribute {attribute!r} hides what every flow has. "
                f"Call it otherwise: {attribute}_ = Parameter({parameter.name!r}, …)."
            )


def resolve_parameters(
    flow_class: type, folder: Path, given: Collection[str] = (), configs: Mapping[str, Any] | None = None
) -> tuple[dict[str, Parameter], list[Problem]]:
    """Return `parameters_of` with deploy-time defaults evaluated for the user who is deploying, and what is wrong.

    `configs` are the values of configurations by name, which those defaults may read. Of the parameters that are
    `given`, by name, the default matters to nobody. Those that wait for a configuration are left out: others have found
    that one wrong.
    """
    found: dict[str, Parameter] = {}
    problems: list[Problem] = []
    for attribute, parameter in parameters_of(flow_class).items():
        if any(isinstance(field, ConfigExpression) for field in vars(parameter).values()):
            continue
        wrong = [parameter.wrong(message) for message in parameter.wrong_fields()]
        try:
            shown = None if configs is None else ConfigValue(configs)
            context = ParameterContext(flow_class.__name__, username() or "unknown", parameter.name, configs=shown)
            found[attribute] = parameter.resolved(context)
        except ParameterError as error:
            wrong.append(error)
        else:
            wrong += _wrong_use(found[attribute], folder, parameter.name in given)
        problems += [problem for error in wrong for problem in error.as_problems()]
    return found, problems


def _wrong_use(parameter: Parameter, folder: Path, is_given: bool) -> Iterator[ParameterError]:
    """Yield why a run could not be given the parameter, or not go without it."""
    try:
        as_option(parameter)
    except ParameterError as error:
        yield error
        return
    message = None if is_given or parameter.default is None else parameter.wrong_default(folder)
    if message is not None:
        yield parameter.wrong(message)
