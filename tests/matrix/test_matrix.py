"""Compiled flows run on every supported pair of Airflow and Python; docs/compatibility.md has the results."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import clean_environ

REPOSITORY = Path(__file__).parents[2]
AIRFLOWS = ("3.1", "3.2", "3.3")
AS_OF = {"3.2": "2026-05-01"}
"""The day from which an Airflow's dependencies are taken, where newer ones break it: 3.2 with FastAPI above 0.137."""
PYTHONS = ("3.10", "3.11", "3.12", "3.13")


def interpreter(version: str) -> str | None:
    """Return an installed Python of that version: on the path, or one of pyenv's."""
    found = shutil.which(f"python{version}")
    pyenv = sorted(Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin/python"))
    return str(pyenv[-1]) if pyenv else found


@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("airflow", AIRFLOWS)
def test_compiled_flows_run_on(airflow: str, python: str, tmp_path: Path) -> None:
    base = interpreter(python)
    if base is None:
        pytest.skip(f"Python {python} is not installed")
    own = environment(tmp_path / "venv", base, airflow)
    home = tmp_path / "home"
    home.mkdir()
    env = {**clean_environ(), "AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    env["AIRFLOW__CORE__DAGS_FOLDER"] = str(home / "dags")
    done = subprocess.run(
        [own, str(Path(__file__).parent / "smoke.py"), str(home)], env=env, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    results = json.loads(done.stdout.splitlines()[-1])
    assert results["catch"] == [10.0, 5.0]
    assert results["shapes"] == [3, [["b", 10], ["b", 20]], 3]
    assert results["airflow"].startswith(f"{airflow}.") and results["python"].startswith(f"{python}.")
    print(f"ran on Airflow {results['airflow']} with Python {results['python']}")


def environment(folder: Path, base: str, airflow: str) -> str:
    """Make an environment with that Airflow and this package; return its interpreter."""
    uv = [sys.executable, "-m", "uv"] if shutil.which("uv") is None else ["uv"]
    own = str(folder / "bin" / "python")
    subprocess.run([*uv, "venv", "--quiet", "--python", base, str(folder)], check=True)
    wanted = [f"apache-airflow=={airflow}.*", str(REPOSITORY)]
    as_of = ["--exclude-newer", AS_OF[airflow]] if airflow in AS_OF else []
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(
        [*uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", own, *as_of, *wanted], check=True, env=env
    )
    return own
