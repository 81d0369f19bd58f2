"""Compiled flows on every field of docs/compatibility.md: a real Airflow of that version, on that Python.

`make check-version AIRFLOW=3.2 PYTHON_VERSION=3.13` runs one field, and writes what came of it into the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.versions.checks import CHECKS
from tests.versions.deployment import deploy, running
from tests.versions.environment import environment, versions_in
from tests.versions.fields import FIELDS, Field

pytestmark = [pytest.mark.slow, pytest.mark.services]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = metafunc.config.pluginmanager.get_plugin("field")
    fields = FIELDS if chosen is None else [chosen.field]
    metafunc.parametrize("field", fields, scope="module", ids=str)


@pytest.fixture(scope="module")
def ran(field: Field, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """All checks, running at once in one Airflow, since most of their time is waiting for tasks."""
    chosen = request.config.pluginmanager.get_plugin("field")
    folder = tmp_path_factory.mktemp(str(field))
    commands = environment(folder / "venv", field, None if chosen is None else chosen.constraints)
    versions = versions_in(commands)
    assert versions["airflow"] == field.release.version and versions["python"].startswith(f"{field.python}.")
    with running(folder, commands) as airflow, ThreadPoolExecutor(len(CHECKS)) as pool:
        deploy(airflow, commands)
        yield versions, {name: pool.submit(check, airflow) for name, check in CHECKS.items()}


Ran = tuple[dict[str, str], dict[str, Future[None]]]


@pytest.mark.parametrize("check", CHECKS)
def test_holds(ran: Ran, check: str, record_property: Callable[[str, object], None]) -> None:
    versions, checks = ran
    for name, version in versions.items():
        record_property(name, version)
    checks[check].result()
