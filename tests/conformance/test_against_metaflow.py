"""What is recorded of Metaflow is what genuine Metaflow does: a dozen small flows, all of them where time allows."""

from __future__ import annotations

import pytest

from tests.conformance.corpus import ALL, Case, Result, by_metaflow, comparable
from tests.conformance.metaflow_runs import run_all

FEW = (
    "custom_ends",
    "foreach",
    "split",
    "switch_in_foreach",
    "recursion",
    "catch_then_join",
    "fails_by_kill",
    "num_parallel",
)
VARYING = {"catch_before_join": ("errors", "got", "trail")}
"""Artifacts that show in which order genuine Metaflow gives a join its inputs, where that varies between its runs."""
QUICK = [case for case in ALL if case.name in FEW]
REST = [case for case in ALL if case.name not in FEW]


@pytest.fixture(scope="module")
def quick_runs(metaflow_python: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    return run_all(QUICK, metaflow_python, tmp_path_factory.mktemp("metaflow"))


@pytest.fixture(scope="module")
def all_other_runs(metaflow_python: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    return run_all(REST, metaflow_python, tmp_path_factory.mktemp("metaflow"))


def assert_as_recorded(case: Case, result: Result) -> None:
    recorded = by_metaflow()[case.name]
    assert result.succeeded is recorded.succeeded
    if result.succeeded:
        assert result.retried == recorded.retried
        varying = (*case.differing, *VARYING.get(case.name, ()))
        assert comparable(result.tasks, varying) == comparable(recorded.tasks, varying)
    elif not case.differs:
        assert result.failed == recorded.failed


@pytest.mark.parametrize("case", QUICK, ids=lambda case: case.name)
def test_metaflow_does_what_is_recorded(case: Case, quick_runs: dict[str, Result]) -> None:
    assert_as_recorded(case, quick_runs[case.name])


@pytest.mark.slow
@pytest.mark.parametrize("case", REST, ids=lambda case: case.name)
def test_metaflow_does_what_is_recorded_of_every_flow(case: Case, all_other_runs: dict[str, Result]) -> None:
    assert_as_recorded(case, all_other_runs[case.name])
