"""Runs cases of the corpus under genuine Metaflow, in a scratch folder: a process for each task, so about 1 s each."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.conformance.corpus import FLOWS, Case, Result, Tasks

AT_ONCE = 2


def run_all(cases: Sequence[Case], python: str, root: Path) -> dict[str, Result]:
    """Return what Metaflow, in the environment of interpreter `python`, makes of the cases, by name."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("METAFLOW", "PYTHON"))}
    environ.update(
        PATH=f"{Path(python).parent}{os.pathsep}{environ['PATH']}",  # a num_parallel starts `python`
        METAFLOW_USER="tester",
        METAFLOW_DEFAULT_DATASTORE="local",
        METAFLOW_DEFAULT_METADATA="local",
        METAFLOW_DATASTORE_SYSROOT_LOCAL=str(root),
    )

    def run(case: Case) -> tuple[Case, str, bool]:
        run_id = root / f"{case.path_name}.run"
        command = [python, str(case.file), "--quiet", "--no-pylint", "run", "--run-id-file", str(run_id)]
        ended = subprocess.run(
            [*command, *case.command_line], cwd=FLOWS, env=environ, capture_output=True, text=True, timeout=600
        )
        assert run_id.exists(), f"{case.name} did not start:\n{ended.stdout}{ended.stderr}"
        return case, f"{case.class_name}/{run_id.read_text()}", ended.returncode == 0

    with ThreadPoolExecutor(AT_ONCE) as pool:
        ended = list(pool.map(run, cases))
    reading = [python, str(Path(__file__).parent / "oracle.py"), *(pathspec for _, pathspec, _ in ended)]
    output = subprocess.run(
        reading, cwd=root, env=environ, capture_output=True, text=True, check=True, timeout=600
    ).stdout
    left = json.loads(output)
    return {case.name: _result(succeeded, left[pathspec]) for case, pathspec, succeeded in ended}


def _result(succeeded: bool, tasks: Tasks) -> Result:
    attempts = {name: task.pop("attempts") for name, task in tasks.items()}
    return Result(succeeded, tasks, {name: count for name, count in attempts.items() if count > 1})
