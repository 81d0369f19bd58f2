"""Runs flows through the real command line, in a process of their own, with a store of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.client import Run, use_store


@dataclass
class Finished:
    """A command that is over, and the run that it left."""

    code: int
    output: str
    flow: str
    root: Path
    run_id: str | None

    @property
    def run(self) -> Run:
        use_store(str(self.root))
        return Run(f"{self.flow}/{self.run_id}", _namespace_check=False)

    def __call__(self, step: str, name: str, task: str | None = None) -> Any:
        """Return an artifact, of the step's only task unless another one is named."""
        return self.run[step][task or step][name].data


@pytest.fixture
def flows(tmp_path: Path) -> Iterator[Callable[..., Finished]]:
    """Write a flow file and run `flows FLOW.py run …` on it, or another command that runs it."""

    def run(
        source: str,
        *arguments: str,
        env: dict[str, str] | None = None,
        command: str = "run",
        name: str = "a_flow",
    ) -> Finished:
        file = tmp_path / f"{name}.py"
        file.write_text(textwrap.dedent(source))
        words = start(file, *arguments, command=command)
        done = subprocess.run(
            words,
            cwd=tmp_path,
            env=environ(env),
            capture_output=True,
            text=True,
            timeout=120,
        )
        identifier = tmp_path / "run_id"
        run_id = identifier.read_text() if identifier.exists() else None
        flow = next(
            line.split()[1].partition("(")[0] for line in textwrap.dedent(source).splitlines() if "(FlowSpec)" in line
        )
        return Finished(done.returncode, done.stdout + done.stderr, flow, tmp_path / "store", run_id)

    with use_store(None):  # which store a test reads from is forgotten with it
        yield run


def start(file: Path, *arguments: str, command: str = "run") -> list[str]:
    """Return the command line of a run whose store and id are kept beside the flow."""
    where = ["--datastore-root", str(file.parent / "store"), "--run-id-file", str(file.parent / "run_id")]
    return [str(Path(sys.executable).parent / "flows"), str(file), command, *where, *arguments]


@contextmanager
def started(file: Path, *arguments: str, seconds: float = 60, **more: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a flow while the block runs; whatever the block waits for, the run is over after `seconds`."""
    command = start(file, *arguments)
    with subprocess.Popen(command, cwd=file.parent, env=environ(), text=True, **more) as process:
        alarm = threading.Timer(seconds, process.kill)
        alarm.start()
        try:
            yield process
        finally:
            process.kill()
            alarm.cancel()


def environ(more: dict[str, str] | None = None) -> dict[str, str]:
    """Return a user's environment: `PYTHONUNBUFFERED` and the like would hide what a user meets."""
    foreign = ("METAFLOW_", "FLOWS_", "AIRFLOW_", "PYTHON")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[2]), "FLOWS_FSYNC": "0", **(more or {})}
