"""What is wrong with a flow's parameters, told before anything runs: names, fields, defaults, options. LAUNCH."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from airflow_provider_flows.errors import ParameterError, Problem, words_of
from airflow_provider_flows.flow.config_expression import ConfigExpression
from airflow_provider_flows.flow.config_value import ConfigValue
from airflow_provider_flows.flow.option import as_option
from airflow_provider_flows.flow.parameters import Parameter, ParameterContext, parameters_of
from airflow_provider_flows.flow.user import username
from airflow_provider_flows.graph.reserved import OF_EVERY_FLOW


def name_problems(flow_class: type) -> Iterator[Problem]:
    """Yield what is wrong with the names: two that differ by case alone, or that hide what every flow has."""
    seen: dict[str, str] = {}
    for attribute, parameter in parameters_of(flow_class).items():
        other = seen.setdefault(parameter.option_name, attribute)
        if other != attribute:
            yield from parameter.wrong(
                f"Parameters {other!r} and {attribute!r} of {flow_class.__name__} share the name "
                f"{parameter.name!r}; names are compared without case."
            ).as_problems()
        if attribute in OF_EVERY_FLOW:
            yield from parameter.wrong(
                f"Parameter {parameter.name!r}: the attribute {attribute!r} hides what every flow has. "
                f"Rename it: {attribute}_ = Parameter({parameter.name!r}, …)."
            ).as_problems()


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
        wrong: list[ParameterError] = []
        with _noted(parameter, wrong):
            wrong += map(parameter.wrong, parameter.wrong_fields())
            shown = None if configs is None else ConfigValue(configs)
            context = ParameterContext(flow_class.__name__, username() or "unknown", parameter.name, configs=shown)
            found[attribute] = parameter.resolved(context)
            if not wrong:
                as_option(found[attribute])
                _check_default(found[attribute], folder, parameter.name in given)
        problems += [problem for error in wrong for problem in error.as_problems()]
    return found, problems


def _check_default(parameter: Parameter, folder: Path, is_given: bool) -> None:
    """ParameterError when no run could go without a value for the parameter, because its default is wrong."""
    message = None if is_given or parameter.default is None else parameter.wrong_default(folder)
    if message is not None:
        raise parameter.wrong(message)


@contextlib.contextmanager
def _noted(parameter: Parameter, errors: list[ParameterError]) -> Iterator[None]:
    try:
        yield
    except ParameterError as error:
        errors.append(error)
    except Exception as error:  # of a class that somebody wrote, when something is done with its objects
        errors.append(parameter.wrong(f"it cannot be used: {words_of(error)}"))
