"""uv, which resolves and installs: its commands, and what it says when it cannot. LAUNCH, worker."""

from __future__ import annotations

import re
import subprocess

from airflow_provider_flows.environments.folder import cache_root
from airflow_provider_flows.errors import EnvironmentFailed, EnvironmentUnavailable

_MAY_GET_BETTER = re.compile(
    r"error sending request|failed to fetch|connection|timed out|temporar|dns|HTTP status (?:server error|5\d\d)",
    re.IGNORECASE,
)
_NO_SPACE = re.compile(r"no space left on device|os error 28", re.IGNORECASE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def run_uv(*arguments: str, doing: str, text: str | None = None) -> str:
    """Run uv and return what it prints; `text` is its standard input, `doing` says what for in the message of an error.

    It runs in the cache's folder, so that only the settings of its user and of the system count, not a project's.

    EnvironmentFailed with uv's own words; EnvironmentUnavailable where another try may go better: an index that does
    not answer, a full disk.
    """
    from uv import find_uv_bin  # a program in a package; few processes need it

    command = [find_uv_bin(), *arguments, "--no-progress", "--color", "never"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, errors="replace", cwd=cache_root())
    if done.returncode == 0:
        return done.stdout
    words = _words(done.stderr) or f"uv ended with exit code {done.returncode}"
    passing = done.returncode < 0 or _MAY_GET_BETTER.search(words) or _NO_SPACE.search(words)
    kind = EnvironmentUnavailable if passing else EnvironmentFailed
    raise kind(f"{doing} failed:\n{words}")


def _words(stderr: str) -> str:
    lines = (_COLOUR.sub("", line).rstrip() for line in stderr.splitlines())
    return "\n".join(f"  {line}" for line in lines if line.strip())
