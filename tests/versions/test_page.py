"""docs/compatibility.md, the package's metadata and the workflow of GitHub Actions say what was run, and no more."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.services import clean_environ
from tests.versions.checks import CHECKS
from tests.versions.fields import FIELDS, PYTHONS, RELEASES, Field, field_of
from tests.versions.page import PAGE, with_table
from tests.versions.results import RESULTS, results

NOT_RUN_YET: set[str] = set()
"""Fields that `make check-version` has yet to fill; what it fills is taken out of here."""
WORKFLOWS = ROOT / ".github/workflows"
VERSIONS = yaml.safe_load((WORKFLOWS / "versions.yml").read_text())


def test_the_table_is_that_of_the_results() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert with_table(text) == text, "make check-version AIRFLOW=… PYTHON_VERSION=… writes it"


def test_every_field_was_run_with_all_checks() -> None:
    found = {result.field: result for result in results()}
    assert {str(field) for field in FIELDS if field not in found} == NOT_RUN_YET
    for result in found.values():
        assert result.checks.keys() == CHECKS.keys(), f"{result.field}: run it again"


def test_a_result_is_of_the_field_that_its_file_is_called_after() -> None:
    assert {result.field for result in results()} == {field for field in FIELDS if (RESULTS / f"{field}.json").exists()}
    assert len(list(results())) == len(list(RESULTS.iterdir()))


def test_the_page_names_all_that_a_field_runs() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"| {check} |" in text for check in CHECKS)


def test_the_metadata_names_the_same_versions() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    assert re.findall(r'"Programming Language :: Python :: (3\.\d+)"', project) == list(PYTHONS)
    assert f'requires-python = ">={PYTHONS[0]}"' in project
    assert f'"apache-airflow>={RELEASES[0].version}"' in project


def test_a_field_is_found_by_its_release_or_by_its_minor() -> None:
    newest = RELEASES[-1]
    assert field_of(newest.minor, "3.12") == field_of(newest.version, "3.12") == Field(newest, "3.12")
    other = field_of("3.99.0rc1", "3.12")
    assert not other.is_in_table and other.release.packages_of is None


@pytest.mark.parametrize(
    ("airflow", "python", "why"),
    [
        ("", "", "give a minor of Python"),
        ("3.2", "3.13.1", "give a minor of Python"),
        ("3.99", "3.13", "give a release of Airflow"),
        ("3.1", "3.14", "Airflow 3.1.8 does not support Python 3.14"),
    ],
)
def test_a_field_that_cannot_be_run_is_said_at_once(airflow: str, python: str, why: str) -> None:
    command = [sys.executable, "-m", "tests.versions", airflow, python]
    done = subprocess.run(command, env=clean_environ(), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"make check-version: error: {why}" in done.stderr


def test_github_runs_each_field_once() -> None:
    cells = [(cell["airflow"], cell["python"]) for cell in VERSIONS["jobs"]["field"]["strategy"]["matrix"]["include"]]
    assert cells == [(field.release.version, field.python) for field in FIELDS]


def test_github_asks_for_new_versions_every_week() -> None:
    triggers = VERSIONS[True]  # `on`, as YAML 1.1 reads it
    assert triggers["schedule"] == [{"cron": "17 5 * * 1"}]
    assert "make check-versions" in [step.get("run") for step in VERSIONS["jobs"]["new-versions"]["steps"]]


def commands() -> Iterator[tuple[str, str]]:
    for file in sorted(WORKFLOWS.glob("*.yml")):
        workflow: dict[str, Any] = yaml.safe_load(file.read_text())
        for job in workflow["jobs"].values():
            yield from ((file.name, step["run"]) for step in job["steps"] if "run" in step)


@pytest.mark.parametrize(("file", "command"), list(commands()))
def test_each_command_of_a_workflow_is_there(file: str, command: str) -> None:
    program, *arguments = shlex.split(re.sub(r"\$\{\{.*?\}\}", "x", command))
    if program == "make":
        targets = [argument for argument in arguments if "=" not in argument]
        makefile = (ROOT / "Makefile").read_text()
        assert targets and all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)
    else:
        assert os.access(ROOT / program, os.X_OK)
