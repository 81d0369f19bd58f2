"""Every graph shape, run with `flows FLOW.py run`: what the run leaves is what Metaflow's leaves, and each task took as
many attempts.

`metaflow_results.json` holds what genuine Metaflow made of the same files; `test_against_metaflow.py` asks it again.
"""

from __future__ import annotations

import pytest

from tests.conformance.cli_runs import run_all
from tests.conformance.corpus import ALL, Case, Result, by_metaflow, comparable, remembering

METAFLOW = by_metaflow()
each_case = pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    return run_all(ALL, tmp_path_factory.mktemp("runs"))


@each_case
def test_a_run_succeeds_or_fails_as_metaflows_does(case: Case, runs: dict[str, Result]) -> None:
    assert runs[case.name].succeeded is not case.fails
    if not case.differs:
        assert runs[case.name].succeeded is METAFLOW[case.name].succeeded


@pytest.mark.parametrize("case", [case for case in ALL if not case.fails], ids=lambda case: case.name)
def test_every_task_leaves_what_metaflows_leaves(case: Case, runs: dict[str, Result]) -> None:
    """Which tasks there are, their outcomes and artifacts, the order of inputs, the foreaches around them, the steps
    that they lead to: all but what differs by design."""
    ours, theirs = runs[case.name], METAFLOW[case.name]
    if case.differs and not case.differing:
        pytest.skip(case.differs)
    known = remembering(theirs.tasks, ours.tasks)
    assert comparable(ours.tasks, case.differing) == comparable(known, case.differing)


@pytest.mark.parametrize("case", [case for case in ALL if case.fails], ids=lambda case: case.name)
def test_the_same_tasks_fail(case: Case, runs: dict[str, Result]) -> None:
    assert runs[case.name].failed == METAFLOW[case.name].failed


@each_case
def test_every_task_takes_as_many_attempts(case: Case, runs: dict[str, Result]) -> None:
    if case.differs and not case.differing:
        pytest.skip(case.differs)
    assert runs[case.name].retried == METAFLOW[case.name].retried
