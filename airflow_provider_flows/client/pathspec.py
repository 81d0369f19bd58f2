"""Pathspecs: `Flow/run/step/task/artifact`, from text to names and back. Any process.

Names are percent-encoded where they would be read as something else. What people type need not be: a run's id is
everything between the flow and the names that follow the run, slashes included.
"""

from __future__ import annotations

from typing import Iterator
from urllib.parse import unquote


def format_names(names: tuple[str, ...]) -> str:
    """Return the pathspec of `names`; `readings` gives them back first."""
    return "/".join(_escaped(name) for name in names)


def readings(pathspec: str, depth: int) -> Iterator[tuple[str, ...]]:
    """Yield the names that `pathspec` may mean, likeliest first; none when it has too few components.

    With too many, it can only mean a run whose id holds slashes.
    """
    flow, *parts = pathspec.split("/")
    if depth == 1 and flow and not parts:
        yield (unquote(flow),)
    if depth == 1 or len(parts) < depth - 1:
        return
    end = len(parts) - (depth - 2)
    run, inner = "/".join(parts[:end]), parts[end:]
    if all((flow, run, *inner)):
        for run_id in dict.fromkeys((unquote(run), run)):
            yield (unquote(flow), run_id, *map(unquote, inner))


def _escaped(name: str) -> str:
    if "/" not in name and unquote(name) == name:
        return name
    return name.replace("%", "%25").replace("/", "%2F")
