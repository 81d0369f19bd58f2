"""How objects of the client look in a notebook: small tables. Any process; every text that is shown is escaped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import islice
from typing import Collection, Iterable, Mapping

from airflow_provider_flows.text import without_controls

MOST_ROWS = 20
"""Rows of a table; a step may have thousands of tasks."""
_LONGEST = 200
"""Characters of a cell."""


@dataclass(frozen=True)
class Table:
    """The first rows of something, and words for the rest."""

    head: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    rest: str = ""

    @classmethod
    def of(cls, head: tuple[str, ...], rows: Iterable[tuple[object, ...]], total: int | None = None) -> Table:
        """Take as many of `rows` as are shown, and no more than one more; `total` is their number, if it is known."""
        taken = tuple(islice(rows, MOST_ROWS + 1))
        if len(taken) <= MOST_ROWS:
            return cls(head, taken)
        return cls(head, taken[:MOST_ROWS], "… and more" if total is None else f"… and {total - MOST_ROWS:,} more")


def card(title: str, facts: Mapping[str, object], table: Table | None = None) -> str:
    """Return an object's HTML: its name, what is known of it (None is left out), and what it holds."""
    known = "".join(f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>" for name, value in facts.items() if value)
    parts = [f"<strong>{_text(title)}</strong>", f"<table>{known}</table>" if known else "", _table(table)]
    return f"<div>{''.join(parts)}</div>"


def status(finished: bool, successful: bool, ended: bool = False) -> str:
    """Return how a task or a run went; `ended` tells a failure from what is under way, or was killed."""
    if finished:
        return "successful" if successful else "caught"
    return "failed" if ended else "not finished"


def _table(table: Table | None) -> str:
    if table is None or not table.rows:
        return ""
    head = "".join(f"<th>{_text(name)}</th>" for name in table.head)
    rows = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    rest = f'<tr><td colspan="{len(table.head)}">{_text(table.rest)}</td></tr>' if table.rest else ""
    return f"<table><tr>{head}</tr>{rows}{rest}</table>"


def _text(value: object) -> str:
    text = "\n".join(map(without_controls, _words(value).split("\n")))
    return escape(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def _words(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, Collection) and not isinstance(value, str):
        return ", ".join(sorted(map(str, value)))
    return str(value)
