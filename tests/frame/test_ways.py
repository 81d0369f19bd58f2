"""The five ways of docs/design.md: the files are entered in the order that it names, and no way names one twice."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.services import clean_environ

_WAY = re.compile(r"^- \*\*(.*?)\*\*((?:\n|.)*?)(?=^- \*\*|\Z)", re.MULTILINE)
_PART = re.compile(r"^  - \*(.*?)\*: (.*)$", re.MULTILINE)
_FILE = re.compile(r"(?:^|→ )`([\w/]+\.py)`")


def ways() -> dict[str, dict[str, list[str]]]:
    """Return each way's files by the phases that they belong to."""
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    section = text.partition("## Five ways through the code")[2].partition("\n## ")[0]
    return {
        title: {phase: _FILE.findall(chain_) for phase, chain_ in _PART.findall(body)}
        for title, body in _WAY.findall(section)
    }


@pytest.fixture(scope="module")
def entered(airflow_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return, for each phase of a compile and a run on Airflow, the files as they are first entered."""
    folder = tmp_path_factory.mktemp("ways")
    environ = {**clean_environ(), "AIRFLOW_HOME": str(airflow_home), "PYTHONPATH": str(ROOT)}
    environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(folder)
    command = [sys.executable, "-m", "tests.frame.ways", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("way", ways())
def test_no_file_is_named_twice(way: str) -> None:
    named = list(chain.from_iterable(ways()[way].values()))
    assert len(named) == len(set(named)) >= 3


@pytest.mark.parametrize("way", ways())
def test_files_are_entered_in_the_order_that_is_named(way: str, entered: dict[str, list[str]]) -> None:
    for phase, files in ways()[way].items():
        assert [file for file in entered[phase] if file in files] == files, phase


def test_there_are_five() -> None:
    assert len(ways()) == 5
