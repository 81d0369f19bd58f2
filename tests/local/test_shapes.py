"""Every flow of the conformance corpus runs through the real command line as it does elsewhere, and so do gangs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conformance.corpus import ALL, Case
from tests.conformance.running import flow_file
from tests.local.conftest import environ, start


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_flow_of_any_shape_runs(case: Case, tmp_path: Path) -> None:
    command = [*start(flow_file(case, tmp_path)), *case.command_line]
    done = subprocess.run(command, cwd=tmp_path, env=environ(), capture_output=True, text=True, timeout=120)
    assert done.returncode == (1 if case.fails else 0), done.stdout + done.stderr
    assert ("Done!" in done.stdout) is not case.fails
