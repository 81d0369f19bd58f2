"""Find the Python that an environment is made of: an installed one, or one that uv may download. LAUNCH, worker."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from airflow_provider_flows.environments.uv import run_uv
from airflow_provider_flows.errors import EnvironmentFailed, EnvironmentUnavailable

_ASK = """import json, platform, sys, sysconfig
found = sys.executable, platform.python_version(), sys.implementation.cache_tag, sysconfig.get_platform()
print(json.dumps(found))"""


@dataclass(frozen=True)
class Interpreter:
    """A Python: its path, its version `3.12.1`, its ABI and its platform."""

    path: str
    version: str
    tag: str
    platform: str

    @property
    def identity(self) -> list[str]:
        """What packages installed for it depend on, wherever it lies."""
        return [self.version, self.tag, self.platform]


@cache
def find_interpreter(version: str | None) -> Interpreter:
    """Return a Python of that version, or the one that runs this when it is None.

    EnvironmentFailed, which names those that there are, when there is none and uv may not download it.
    """
    if version is None or _is(version, ".".join(map(str, sys.version_info[:3]))):
        return _this()
    found = _found(version)
    if found is None:
        try:
            run_uv("python", "install", version, doing=f"Installing Python {version}")
        except (EnvironmentFailed, EnvironmentUnavailable) as error:
            known = ", ".join(dict.fromkeys(each for each, _ in _installed())) or "none"
            raise EnvironmentFailed(
                f"There is no Python {version} on this machine, and uv could not get it. There is: {known}. "
                f"Install Python {version}, or ask for one of these.\n{error}"
            ) from None
        found = _found(version)
    if found is None:
        raise EnvironmentFailed(f"uv installed Python {version}, and it cannot be found.")
    return _asked(found)


def _this() -> Interpreter:
    """Return the Python that runs this, outside of any virtual environment; no process is started to ask it."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    return Interpreter(base, platform.python_version(), str(sys.implementation.cache_tag), sysconfig.get_platform())


def _is(asked: str, version: str) -> bool:
    return f"{version}.".startswith(f"{asked}.")


def _found(version: str) -> str | None:
    """Return the path of the newest Python of that version."""
    return next((path for each, path in _installed() if _is(version, each)), None)


def _installed() -> list[tuple[str, str]]:
    """Return version and path of the Pythons that there are, newest first: those that uv finds, and pyenv's."""
    output = run_uv("python", "list", "--only-installed", "--output-format", "json", doing="Listing Pythons")
    listed = [(str(each["version"]), str(each["path"])) for each in json.loads(output or "[]")]
    pyenv = Path(os.environ.get("PYENV_ROOT") or "~/.pyenv").expanduser()
    listed += [(path.parents[1].name, str(path)) for path in pyenv.glob("versions/3.*/bin/python")]
    return sorted(set(listed), key=lambda each: [int(part) for part in re.findall(r"\d+", each[0])], reverse=True)


def _asked(path: str) -> Interpreter:
    done = subprocess.run([path, "-I", "-c", _ASK], capture_output=True, text=True)
    if done.returncode != 0:
        raise EnvironmentFailed(f"The Python at {path} does not start: {done.stderr.strip()[-300:]}")
    return Interpreter(*json.loads(done.stdout))
