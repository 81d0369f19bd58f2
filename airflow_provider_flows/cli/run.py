"""`run`: run the flow on this machine, with an option for each of its parameters. LAUNCH phase."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import click
from airflow_provider_flows.cli.common import COMMON_OPTIONS, FlowCommand, common, forget, peek
from airflow_provider_flows.cli.flow import draft, launched
from airflow_provider_flows.cli.packaged import PACKAGED_OPTIONS, maybe_packaged
from airflow_provider_flows.cli.run_options import RUN_OPTIONS
from airflow_provider_flows.cli.running import run_options
from airflow_provider_flows.cli.variables import with_variables
from airflow_provider_flows.flow.option import ParameterOption, parameter_options, values_of
from airflow_provider_flows.flow.parameters import parameters_of
from airflow_provider_flows.flow.variables import variables
from airflow_provider_flows.local.run_locally import run_locally
from airflow_provider_flows.setup.launch import LaunchedFlow
from airflow_provider_flows.store import Store, open_store

_HELP = "Run the flow on this machine."


class _RunCommand(click.Command):
    """Becomes the command with the flow's parameters, which `--config`, `--with` and mutators may change, when used."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        peek(COMMON_OPTIONS, args, parent)
        found = draft()
        shared = _not_hidden(COMMON_OPTIONS, found.flow_class)
        if len(shared) < len(COMMON_OPTIONS):  # what was read as a common option's was a parameter's
            peek(shared, args, parent)
        store = open_store(common().datastore_root)
        given = _given_parameters(found.flow_class, args)
        flow = launched(found, environment="local", flow_datastore=store, given=given)
        forget(parent)
        return _full_command(flow, store, shared).make_context(info_name, args, parent, **extra)


class _FullCommand(FlowCommand):
    def part_of(self, param: click.Parameter) -> str:
        return "Parameters of the flow" if isinstance(param, ParameterOption) else super().part_of(param)


command = _RunCommand("run", help=_HELP)


def _not_hidden(options: Sequence[click.Option], flow_class: type) -> list[click.Option]:
    """Return the options that no parameter of the flow hides; common ones can still be given before the command."""
    names = {f"--{parameter.name}" for parameter in parameters_of(flow_class).values()}
    return [option for option in options if not names & set(option.opts)]


def _given_parameters(flow_class: type, arguments: Sequence[str]) -> set[str]:
    """Return the names of the parameters that are given a value, so that a default is not asked for."""
    spelled = {argument.partition("=")[0] for argument in arguments}
    return {
        parameter.name
        for parameter in parameters_of(flow_class).values()
        if f"--{parameter.name}" in spelled or not os.environ.keys().isdisjoint(variables("run", parameter.option_name))
    }


def _full_command(flow: LaunchedFlow, store: Store, shared: Sequence[click.Option]) -> click.Command:
    taken = {"--class", *(name for option in RUN_OPTIONS for name in option.opts)}
    parameters = parameter_options(flow.parameters.values(), taken)

    packaging = _not_hidden(PACKAGED_OPTIONS, flow.loaded.flow_class)

    def call(**given: Any) -> int:
        values = values_of(parameters, {str(option.name): given.pop(str(option.name)) for option in parameters})
        with maybe_packaged(flow, store, given) as (ready, unpacked):
            return run_locally(ready, store, run_options(given, parameters=values), unpacked)

    return _FullCommand(
        "run",
        shared=shared,
        params=[*parameters, *with_variables("run", RUN_OPTIONS), *packaging],
        callback=call,
        help="\n\n".join(filter(None, [_HELP, flow.graph.doc])),
    )
