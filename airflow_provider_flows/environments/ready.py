"""`ReadyEnvironment`: an environment that is there, and how to start a Python in it. LAUNCH, worker."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_START = """import sys
sys.path.insert(0, {package!r})
from airflow_provider_flows.inside import enter
enter({packages!r})
"""


@dataclass(frozen=True)
class ReadyEnvironment:
    """A built environment: its interpreter, and the folder `runtime` with this package and the packages it needs.

    `digest` names it; `packages` are the exact versions that it holds, as lines of a requirements file.
    """

    digest: str
    python: Path
    runtime: Path
    packages: tuple[str, ...] = ()

    def command(self, main: str, *arguments: str) -> list[str]:
        """Return the command that runs the code `main` in it: with its packages, this one, and nothing else."""
        start = _START.format(package=str(self.runtime / "package"), packages=str(self.runtime / "packages"))
        return [str(self.python), "-I", "-c", start + main, *arguments]
