"""Small helpers for messages about graphs. Any phase, any process."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_provider_flows.graph.flow_graph import Node


def suggest(name: str, known: Iterable[str], form: str = "{0}") -> str | None:
    """Return "Did you mean …?" with the nearest of the known names, or None."""
    import difflib  # only a flow with a mistake needs it

    near = difflib.get_close_matches(name, list(known), n=1)
    return f"Did you mean {form.format(near[0])}?" if near else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean 'x'?` with the one of `known` that is like `name`, or nothing."""
    near = suggest(name, known, "{0!r}")
    return f" {near}" if near else ""


def with_loop(node: Node) -> str:
    """Return a step's name as people see it: one that repeats itself has a mark."""
    return f"{node.name} ↻" if node.repeats else node.name


def listed(names: Iterable[str]) -> str:
    """Return names as they look in messages: 'a', 'b' and 'c'."""
    *most, last = [f"'{name}'" for name in names] or ["none"]
    return f"{', '.join(most)} and {last}" if most else last
