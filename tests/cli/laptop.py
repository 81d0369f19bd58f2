"""A folder with a flow in it, and the command line that a user types there, each time in a process of its own."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airflow_provider_flows.client import Run

ROOT = Path(__file__).parents[2]
FLOWS = (sys.executable, "-m", "airflow_provider_flows", "a_flow.py")
SCRIPT = (sys.executable, "a_flow.py")


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What was said on stderr, on one line."""
        return " ".join(self.err.split())


@dataclass(frozen=True)
class Laptop:
    """A user's folder: the flow is in `a_flow.py`, its runs below `store`."""

    folder: Path
    flow: str = "F"

    python = sys.executable

    @property
    def file(self) -> Path:
        return self.folder / "a_flow.py"

    def write(self, source: str) -> Laptop:
        self.file.write_text(textwrap.dedent(source), encoding="utf-8")
        return self

    def __call__(self, *arguments: str, command: tuple[str, ...] = FLOWS, **environ: str) -> Said:
        """Run a command of the flow; never with a traceback of ours."""
        done = subprocess.run(
            [*command, *arguments],
            cwd=self.folder,
            env={**clean_environ(self.folder), **environ},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
        assert f'File "{ROOT}/airflow_provider_flows' not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    def shows(self, *arguments: str) -> str:
        """Return what a command of the flow writes to a terminal: its bytes, but for the ends of lines."""
        end, terminal = pty.openpty()
        with os.fdopen(terminal, "wb") as theirs:
            environ = {**clean_environ(self.folder), "TERM": "xterm-256color"}
            process = subprocess.Popen([*FLOWS, *arguments], cwd=self.folder, env=environ, stdout=theirs, stderr=theirs)
        shown = bytearray()
        try:
            with contextlib.suppress(OSError):  # Linux says so that the other end is closed
                while data := os.read(end, 1 << 16):
                    shown += data
            process.wait(timeout=60)
        finally:
            process.kill()
            process.wait()
            os.close(end)
        return shown.decode().replace("\r\n", "\n")

    def rejected(self, *arguments: str, **environ: str) -> str:
        """Return what is said of a command that cannot be done."""
        said = self(*arguments, **environ)
        assert (said.code, said.out) == (2, ""), said
        return said.words

    def run(self, *arguments: str, code: int = 0, **environ: str) -> LocalRun:
        """Run or resume the flow, to this exit code."""
        words = arguments if arguments and arguments[0] == "resume" else ("run", *arguments)
        said = self(*words, "--run-id-file", "run_id", **environ)
        assert said.code == code, said
        return LocalRun(self, (self.folder / "run_id").read_text(), said)


@dataclass(frozen=True)
class LocalRun:
    """A run that is over, and what the client finds of it."""

    laptop: Laptop
    id: str
    said: Said

    @property
    def run(self) -> Run:
        path = f"{self.laptop.flow}/{self.id}"
        return Run(path, root=str(self.laptop.folder / "store"), _namespace_check=False)

    def __call__(self, step: str, name: str, task: str | None = None) -> Any:
        """Return an artifact, of the step's only task unless another one is named."""
        return self.run[step][task or step][name].data

    @property
    def cloned(self) -> list[str]:
        """The tasks that were taken over from another run, as `step/task`."""
        return sorted(line.split("/", 1)[1].split("]")[0] for line in self._lines if "is cloned" in line)

    @property
    def ran(self) -> list[str]:
        """The tasks that ran here, as `step/task`."""
        return sorted({line.split("/", 1)[1].split(" ")[0] for line in self._lines if "Task is starting" in line})

    @property
    def _lines(self) -> list[str]:
        return self.said.out.splitlines()


def clean_environ(folder: Path) -> dict[str, str]:
    foreign = ("METAFLOW_", "FLOWS_", "AIRFLOW_", "PYTHON")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    ours = {"FLOWS_DATASTORE_ROOT": str(folder / "store"), "FLOWS_FSYNC": "0", "FLOWS_USER": "me"}
    return {**kept, **ours, "PYTHONPATH": str(ROOT)}
