"""Graph shapes, run with `flows FLOW.py run`: what the run leaves is what Metaflow's leaves, and each task took as many
attempts.

`metaflow_results.json` holds what genuine Metaflow made of the same files; `test_against_metaflow.py` asks it again.
`test_shapes_core.py` runs all shapes in one process; here, only one of each kind is quick enough.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.cli_runs import cli_run
from tests.conformance.corpus import ALL, WITH_PROCESSES, Case, Result, by_metaflow, comparable, remembering

METAFLOW = by_metaflow()
KINDS = {
    *("linear", "custom_ends", "split", "nested2", "parallel_nested", "merging_foreach", "merging_conflict"),
    *("switch_in_foreach", "foreach_in_switch(arm=many)", "foreach_in_switch_in_foreach(xs=[2, 0, 3])"),
    *("switch_in_split(arm=x)", "recursion_in_foreach", "retry_in_recursion"),
    *("retry_then_catch", "catch_then_join", "fails_in_foreach", *(case.name for case in WITH_PROCESSES)),
}
"""The cases that are always run: one of each kind of graph, and all that depends on processes."""
assert {case.name for case in ALL} >= KINDS


def each(*cases: Case) -> Any:
    """Return what runs a test with each case; most are for `make test-all`."""
    marked = [pytest.param(case, marks=() if case.name in KINDS else pytest.mark.slow) for case in cases]
    return pytest.mark.parametrize("case", marked, ids=[case.name for case in cases])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Case], Result]:
    """Return what a case's run left; each runs once."""
    root: Path = tmp_path_factory.mktemp("runs")
    known: dict[str, Result] = {}

    def result(case: Case) -> Result:
        if case.name not in known:
            known[case.name] = cli_run(case, root)
        return known[case.name]

    return result


@each(*ALL)
def test_a_run_succeeds_or_fails_as_metaflows_does(case: Case, run: Callable[[Case], Result]) -> None:
    assert run(case).succeeded is not case.fails
    if not case.differs:
        assert run(case).succeeded is METAFLOW[case.name].succeeded


@each(*(case for case in ALL if not case.fails))
def test_every_task_leaves_what_metaflows_leaves(case: Case, run: Callable[[Case], Result]) -> None:
    """Which tasks there are, their outcomes and artifacts, the order of inputs, the foreaches around them, the steps
    that they lead to: all but what differs by design."""
    ours, theirs = run(case), METAFLOW[case.name]
    if case.differs and not case.differing:
        pytest.skip(case.differs)
    known = remembering(theirs.tasks, ours.tasks)
    assert comparable(ours.tasks, case.differing) == comparable(known, case.differing)


@each(*(case for case in ALL if case.fails))
def test_the_same_tasks_fail(case: Case, run: Callable[[Case], Result]) -> None:
    assert run(case).failed == METAFLOW[case.name].failed


@each(*ALL)
def test_every_task_takes_as_many_attempts(case: Case, run: Callable[[Case], Result]) -> None:
    if case.differs and not case.differing:
        pytest.skip(case.differs)
    assert run(case).retried == METAFLOW[case.name].retried
