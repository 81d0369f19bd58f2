"""What a package leaves here though the flow may need it, in words. LAUNCH phase."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from airflow_provider_flows.errors import Problem
from airflow_provider_flows.packaging.staying import staying
from airflow_provider_flows.packaging.taken import Taken
from airflow_provider_flows.text import first_lines

_MOST = 10
"""Lines of one kind."""

_INSTALL = "Install what is missing here and where steps run, or guard its import with try … except ImportError."


def notes_on(taken: Taken, folder: Path, unreadable: Iterable[Problem], ignored: Iterable[str]) -> Iterator[str]:
    """Yield what the flow in `folder` imports and is not there, and the files that stay where packaged code lies.

    `ignored` are names of files that were read when the flow was compiled, and are not needed again.
    """
    problems = [problem.render() for problem in (*unreadable, *taken.closure.problems)]
    missing = [Problem(problem.message, problem.file, problem.line).render() for problem in taken.closure.missing]
    yield from first_lines(problems, _MOST, "… and {} more files.")
    yield from first_lines(missing, _MOST, "… and {} more imports.")
    if missing:
        yield _INSTALL
    stay = list(staying(taken, folder, frozenset(ignored)))
    yield from first_lines(stay, _MOST, "… and {} more kinds of files stay here.")
