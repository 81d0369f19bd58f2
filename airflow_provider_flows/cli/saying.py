"""Write to stdout and stderr: the one way for all commands, since what they write may come from a store. Any phase."""

from __future__ import annotations

import sys

import click
from airflow_provider_flows.text import lines_on_terminal, on_terminal


def say(text: str, err: bool = False, nl: bool = True) -> None:
    """Write a text of any number of lines; on a terminal, control characters are shown and not obeyed."""
    click.echo(lines_on_terminal(text) if _is_terminal(err) else text, err=err, nl=nl, color=True)  # noqa: TID251


def say_line(text: str, head: str = "") -> None:
    """Write a line that a step printed to stdout; on a terminal, its carriage returns go back to behind `head`."""
    click.echo(head + (on_terminal(text, head) if _is_terminal(False) else text), color=True)  # noqa: TID251


def _is_terminal(err: bool) -> bool:
    return (sys.stderr if err else sys.stdout).isatty()
