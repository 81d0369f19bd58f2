"""The package as a wheel, and what installs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

SOURCES = ("airflow_provider_flows", "pyproject.toml", "setup.py", "README.md", "LICENSE")


def build_wheel(folder: Path) -> Path:
    """Build the wheel in an empty folder, from a copy of the sources, since building leaves files beside them."""
    folder.mkdir(exist_ok=True)
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, folder / name)
    uv("build", "--quiet", "--wheel", "--build-constraints", str(ROOT / "constraints.txt"), str(folder))
    (built,) = (folder / "dist").glob("*.whl")
    return built


def uv(*arguments: str) -> None:
    """Run uv, which writes bytecode where it is asked to, also where the machine forbids it."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-m", "uv", *arguments], check=True, env=env)
