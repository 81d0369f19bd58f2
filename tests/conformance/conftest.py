"""Runs of the corpus, each made once for all tests that look at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.corpus import Case, Result
from tests.conformance.running import core_run


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Case], Result]:
    """Return what a case's run, one task after the other in this process, left."""
    root: Path = tmp_path_factory.mktemp("core")
    known: dict[str, Result] = {}

    def run(case: Case) -> Result:
        if case.name not in known:
            known[case.name] = core_run(case, root / case.path_name)
        return known[case.name]

    return run
