"""What all tests share: an AIRFLOW_HOME of their own, and a real Airflow for those that ask for one."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from uv import find_uv_bin

from tests.isolation import isolate
from tests.services import Airflow, prepared_database, write_settings

ROOT = Path(__file__).parent.parent
HOME = Path(tempfile.mkdtemp(prefix="flows-tests-"))


def _isolate() -> None:
    """Point this process at an empty Airflow home, before anything can import Airflow and read its settings."""
    isolate()
    os.environ["AIRFLOW_HOME"] = str(HOME)
    (HOME / "dags").mkdir()
    settings = {
        "core.load_examples": "False",
        "core.dags_folder": str(HOME / "dags"),
        "database.sql_alchemy_conn": f"sqlite:///{HOME}/airflow.db?timeout=90",
    }
    write_settings(HOME / "airflow.cfg", settings)
    atexit.register(shutil.rmtree, HOME, ignore_errors=True)


_isolate()

# A change is judged by the same examples wherever it is tested; `make test-all` looks for new ones.
hypothesis.settings.register_profile("same-examples", derandomize=True)
hypothesis.settings.register_profile("new-examples")
hypothesis.settings.load_profile("same-examples")

MARKED_FIXTURES = {"airflow_home": "airflow", "real_airflow": "services"}


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures they use and by their file, and end with those that need a real Airflow.

    A file stays in one process, because what it prepares is slow.
    """
    for item in items:
        item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(ROOT))))
        for fixture in MARKED_FIXTURES.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKED_FIXTURES[fixture])
    items.sort(key=lambda item: item.get_closest_marker("services") is not None)


@pytest.fixture(scope="session")
def migrated_database(request: pytest.FixtureRequest) -> Path:
    """A migrated SQLite file to copy, made once per version of Airflow and kept in pytest's cache."""
    return prepared_database(Path(request.config.cache.mkdir("airflow-databases")))


@pytest.fixture(scope="session")
def airflow_home(migrated_database: Path) -> Path:
    """This process's AIRFLOW_HOME with a migrated database, as `dag.test()` needs it; DAG files go to `dags/`."""
    if not (HOME / "airflow.db").exists():
        shutil.copyfile(migrated_database, HOME / "airflow.db")
    return HOME


@pytest.fixture(scope="session")
def real_airflow(migrated_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    """One running Airflow for the whole session; a test puts DAG files of its own into `real_airflow.dags`."""
    home = tmp_path_factory.mktemp("airflow")
    with Airflow(home, database=migrated_database, env={"PYTHONPATH": str(ROOT)}) as airflow:
        yield airflow


@pytest.fixture(scope="session")
def package_index() -> None:
    """The package index, from which environments of steps are built; skips where uv cannot reach it."""
    command = [find_uv_bin(), "pip", "compile", "-", "--quiet", "--no-cache"]
    asked = subprocess.run(command, input="six==1.16.0", capture_output=True, text=True)
    if asked.returncode != 0:
        pytest.skip(f"uv cannot reach a package index: {asked.stderr.strip().splitlines()[-1]}")


@pytest.fixture(scope="session")
def metaflow_python() -> str:
    """The interpreter that has genuine Metaflow, which differential tests compare with."""
    python = os.environ.get("FLOWS_TEST_METAFLOW_PYTHON", ".venv-metaflow/bin/python")
    found = python if os.path.isabs(python) else str(ROOT / python)
    if not os.path.exists(found):
        pytest.skip(f"no genuine Metaflow at {found}; `make test` installs it")
    return found
