"""Options of a command that its environment variables give as well. LAUNCH phase."""

from __future__ import annotations

import copy
from collections.abc import Iterable

import click
from airflow_provider_flows.flow.variables import variables


def with_variables(command: str, options: Iterable[click.Option]) -> list[click.Option]:
    """Return a command's own options, each also to be given by its variables."""
    found = [copy.copy(option) for option in options]  # `run` and `resume` share theirs
    for option in found:
        option.envvar = variables(command, str(option.name))
    return found
