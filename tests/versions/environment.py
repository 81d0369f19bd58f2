"""A fresh environment with one Airflow on one Python, and this package."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tests.support.wheels import build_wheel, uv
from tests.versions.fields import Field

_VERSIONS = """
import json, platform
from importlib.metadata import version
print(json.dumps({"airflow": version("apache-airflow"), "python": platform.python_version()}))
"""


def environment(folder: Path, field: Field, constraints: str | None = None) -> Path:
    """Make the environment of a field in `folder`, and return its folder of commands.

    `constraints` is the address or the file of Airflow's constraints, with `{airflow}` and `{python}` in it. Without,
    packages are those of the release's day.
    """
    uv("venv", "--quiet", "--python", interpreter(field.python) or field.python, str(folder))
    uv(
        *("pip", "install", "--quiet", "--compile-bytecode", "--python", str(folder / "bin/python")),
        *_of_its_time(field, constraints),
        *(f"apache-airflow=={field.release.version}", str(build_wheel(folder.with_name("build")))),
    )
    return folder / "bin"


def interpreter(python: str) -> str | None:
    """Return an installed Python of that minor, the newest of pyenv's or that on the path; None leaves it to uv."""
    pyenv = sorted(Path("~/.pyenv/versions").expanduser().glob(f"{python}.*/bin/python"))
    return str(pyenv[-1]) if pyenv else shutil.which(f"python{python}")


def versions_in(commands: Path) -> dict[str, str]:
    """Return the exact versions of `airflow` and `python` in an environment."""
    done = subprocess.run([commands / "python", "-c", _VERSIONS], stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


def packages_of(field: Field, constraints: str | None) -> str:
    """Return, in words for the record, which versions of its dependencies a field is installed with."""
    if constraints is not None:
        return "Airflow's constraints"
    return "today's" if field.release.packages_of is None else f"as of {field.release.packages_of}"


def _of_its_time(field: Field, constraints: str | None) -> list[str]:
    if constraints is not None:
        return ["--constraints", constraints.format(airflow=field.release.version, python=field.python)]
    day = field.release.packages_of
    return [] if day is None else ["--exclude-newer", day]
