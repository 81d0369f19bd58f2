"""What is wrong with a class body, kept while its file is imported, so that all of it is told at once. All phases."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from airflow_provider_flows.errors import FlowsError, InvalidFlow, Problem

_kept: list[list[Problem]] = []
"""For each flow file that is being imported, the innermost last: what was rejected so far."""


@contextlib.contextmanager
def rejections_kept() -> Iterator[list[Problem]]:
    """Keep what `reject` is told while the block runs, in the list that is yielded."""
    problems: list[Problem] = []
    _kept.append(problems)
    try:
        yield problems
    finally:
        _kept.pop()


def reject(problem: Problem, error: FlowsError | None = None) -> None:
    """Note a problem while a flow file is imported, whose author's next line may be wrong as well.

    Else raise `error`, or InvalidFlow. Whoever calls this goes on as if the line were not there.
    """
    if not _kept:
        raise error or InvalidFlow([problem])
    _kept[-1].append(problem)
