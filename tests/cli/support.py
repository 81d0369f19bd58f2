"""Runs `flows-compile` as a user does: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def compile_(
    *arguments: str | Path, cwd: Path, python: str = sys.executable, module: str = "cli.compile", **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run `flows-compile` (or, with `module="cli"`, `flows`) with its own code alone on the path."""
    code = f"import sys; sys.path.remove(''); from airflow_provider_flows.{module} import main; main()"
    return subprocess.run(
        [python, "-c", code, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        timeout=120,
    )
