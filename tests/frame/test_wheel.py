"""The wheel, installed into a fresh environment, as a user's Airflow meets it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.services import clean_environ
from tests.support.wheels import build_wheel, uv

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="module")
def fresh_bin(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel and what it depends on, nothing else; return the folder of the commands."""
    venv = tmp_path_factory.mktemp("fresh") / "venv"
    uv("venv", "--quiet", "--python", sys.executable, str(venv))
    constraints = ["--constraints", str(ROOT / "constraints.txt")]
    uv(
        "pip",
        "install",
        "--quiet",
        "--compile-bytecode",
        "--python",
        str(venv / "bin/python"),
        *constraints,
        str(wheel),
    )
    return venv / "bin"


def environ(home: Path) -> dict[str, str]:
    return {**clean_environ(), "AIRFLOW_HOME": str(home)}


@pytest.fixture
def airflow(fresh_bin: Path, tmp_path: Path) -> Callable[..., str]:
    """Run `airflow <arguments>`; return what it says, which must not hold a warning."""

    def run(*arguments: str) -> str:
        command = [str(fresh_bin / "airflow"), *arguments]
        done = subprocess.run(command, env=environ(tmp_path), capture_output=True, text=True, cwd=tmp_path, check=True)
        assert "warn" not in (done.stdout + done.stderr).lower()
        assert "airflow_provider_flows" not in done.stderr
        return done.stdout

    return run


def test_the_wheel_holds_all_files_of_the_package_and_no_others(wheel: Path) -> None:
    package = ROOT / "airflow_provider_flows"
    files = [file for file in package.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    assert {file.suffix for file in files} == {".py", ".jinja2", ".typed", ".js", ".css", ".html", ".txt"}
    found = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert found == {file.relative_to(ROOT).as_posix() for file in files}


def test_airflow_lists_the_provider(airflow: Callable[..., str]) -> None:
    (ours,) = (p for p in json.loads(airflow("providers", "list", "-o", "json")) if "flows" in p["package_name"])
    assert (ours["package_name"], ours["version"]) == ("airflow-provider-flows", "0.1.0")


def test_airflow_lists_its_settings_and_their_defaults(airflow: Callable[..., str]) -> None:
    listed = airflow("config", "list", "--section", "flows", "--defaults")
    assert "[flows]" in listed
    assert all(
        f"# {option} = " in listed for option in ("datastore_root", "signing_key", "code_on_clear", "code_cache_dir")
    )


def test_airflow_finds_no_fault_with_its_plugins(airflow: Callable[..., str]) -> None:
    airflow("plugins")


def test_importing_airflow_loads_the_providers_description_and_nothing_else(fresh_bin: Path, tmp_path: Path) -> None:
    """Airflow 3.3 reads the description of every provider when it is imported; all other modules stay unloaded."""
    script = "import airflow, sys; print(*[name for name in sys.modules if name.startswith('airflow_provider_flows')])"
    command = [str(fresh_bin / "python"), "-c", script]
    done = subprocess.run(command, env=environ(tmp_path), stdout=subprocess.PIPE, text=True, cwd=tmp_path, check=True)
    assert set(done.stdout.split()) <= {"airflow_provider_flows", "airflow_provider_flows.provider_info"}


def test_the_commands_are_there(fresh_bin: Path) -> None:
    assert (fresh_bin / "flows").exists() and (fresh_bin / "flows-compile").exists()


def test_a_connection_without_its_provider_says_what_to_install(fresh_bin: Path, tmp_path: Path) -> None:
    script = "from airflow_provider_flows.store import open_store; open_store('s3://mine@bucket')"
    env = {**environ(tmp_path), "AIRFLOW_CONN_MINE": "aws://"}
    done = subprocess.run([str(fresh_bin / "python"), "-c", script], env=env, capture_output=True, text=True)
    assert "pip install 'apache-airflow-providers-amazon[s3fs]'" in done.stderr
