"""`make check-versions`, with pip and an index in a folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.services import clean_environ
from tests.versions.fields import RELEASES

TABLE = [release.version for release in RELEASES]


def check(folder: Path, *versions: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Ask an index that has these versions of Airflow."""
    for version in versions:
        (folder / f"apache_airflow-{version}-py3-none-any.whl").touch()
    ours = {name: value for name, value in clean_environ().items() if not name.startswith("PIP_")}
    index = settings or {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder)}
    env = {**ours, "PIP_CONFIG_FILE": "/dev/null", **index}
    command = [sys.executable, "-m", "tests.versions.index"]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)


def test_a_table_that_has_all_minors_is_up_to_date(tmp_path: Path) -> None:
    done = check(tmp_path, "2.11.2", "3.0.6", *TABLE)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "The table has every minor of Airflow from 3.1 on that is on the index.\n"


def test_minors_that_the_table_lacks_are_named(tmp_path: Path) -> None:
    done = check(tmp_path, *TABLE, "3.10.1", "3.9.0", "4.0.0")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"Airflow {minor} is on the index and not in the table: add a Release to tests/versions/fields.py."
        for minor in ("3.9", "3.10", "4.0")
    ]


def test_a_newer_patch_is_told_and_a_release_candidate_is_not(tmp_path: Path) -> None:
    newest = RELEASES[-1]
    done = check(tmp_path, *TABLE, f"{newest.minor}.99", "9.0.0rc1")
    assert done.returncode == 0
    assert f"Airflow {newest.minor}.99 is newer than the {newest.minor} in the table" in done.stdout


@pytest.mark.parametrize("index", ["http://127.0.0.1:1/simple", "nowhere"])
def test_an_index_that_does_not_answer_is_said_in_one_line(tmp_path: Path, index: str) -> None:
    done = check(tmp_path, PIP_INDEX_URL=index, PIP_RETRIES="0", PIP_TIMEOUT="2")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("The package index could not be asked for apache-airflow, so nothing was checked: ")
