"""What the fields are run in: environments with the packages that were asked for, services that are kept up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.versions.deployment import running
from tests.versions.environment import environment, packages_of, versions_in
from tests.versions.fields import RELEASES, Field

pytestmark = pytest.mark.slow
THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def version_of(commands: Path, package: str) -> str:
    script = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"
    command = [commands / "python", "-c", script, package]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def test_packages_are_those_of_the_constraints_or_of_the_day(tmp_path: Path) -> None:
    field = Field(RELEASES[-1], THIS_PYTHON)
    (tmp_path / f"{field.release.version}-{THIS_PYTHON}.txt").write_text("idna==3.7\n")
    constraints = str(tmp_path / "{airflow}-{python}.txt")
    constrained = environment(tmp_path / "constrained/venv", field, constraints)
    of_its_day = environment(tmp_path / "of-its-day/venv", field)
    assert (version_of(constrained, "idna"), packages_of(field, constraints)) == ("3.7", "Airflow's constraints")
    assert version_of(of_its_day, "idna") != "3.7"
    assert versions_in(of_its_day)["airflow"] == field.release.version
    assert version_of(of_its_day, "airflow-provider-flows") == version_of(constrained, "airflow-provider-flows")


@pytest.mark.services
def test_a_service_that_ends_is_started_again_but_not_for_ever(tmp_path: Path) -> None:
    with running(tmp_path, Path(sys.executable).parent) as airflow:
        for death in range(4):
            scheduler = airflow.services["scheduler"]
            os.killpg(scheduler.pid, signal.SIGKILL)
            scheduler.wait()
            if death < 3:
                airflow.check_alive()
                assert airflow.services["scheduler"].poll() is None
        with pytest.raises(RuntimeError, match="scheduler ended with exit code -9"):
            airflow.check_alive()
