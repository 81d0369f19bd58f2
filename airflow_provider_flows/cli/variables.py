"""Environment variables that stand for options: `FLOWS_BRANCH`, and Metaflow's `METAFLOW_BRANCH`. LAUNCH phase."""

from __future__ import annotations

import copy
from collections.abc import Iterable

import click

PREFIXES = ("FLOWS", "METAFLOW")
"""What the variables begin with; ours wins."""


def variables(*words: str) -> list[str]:
    """Return the variables of an option: of `run`'s `--max-workers`, `FLOWS_RUN_MAX_WORKERS` and Metaflow's."""
    return ["_".join((prefix, *words)).replace("-", "_").upper() for prefix in PREFIXES]


def with_variables(command: str, options: Iterable[click.Option]) -> list[click.Option]:
    """Return a command's own options, each also to be given by its variables."""
    found = [copy.copy(option) for option in options]  # `run` and `resume` share theirs
    for option in found:
        option.envvar = variables(command, str(option.name))
    return found
