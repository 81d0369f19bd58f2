"""Compiled flows on every field of docs/compatibility.md: a real Airflow of that version, on that Python.

`make check-version AIRFLOW=3.2 PYTHON_VERSION=3.13` runs one field, and writes what came of it into the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.versions.deployment import deploy, running
from tests.versions.environment import environment, versions_in
from tests.versions.fields import FIELDS, Field
from tests.versions.laws import LAWS

pytestmark = [pytest.mark.slow, pytest.mark.services]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = metafunc.config.pluginmanager.get_plugin("field")
    fields = FIELDS if chosen is None else [chosen.field]
    metafunc.parametrize("field", fields, scope="module", ids=str)


@pytest.fixture(scope="module")
def ran(field: Field, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """All laws, running at once in one Airflow, since most of their time is waiting for tasks."""
    chosen = request.config.pluginmanager.get_plugin("field")
    folder = tmp_path_factory.mktemp(str(field))
    commands = environment(folder / "venv", field, None if chosen is None else chosen.constraints)
    versions = versions_in(commands)
    assert versions["airflow"] == field.release.version and versions["python"].startswith(f"{field.python}.")
    with running(folder, commands) as airflow, ThreadPoolExecutor(len(LAWS)) as pool:
        deploy(airflow, commands)
        yield versions, {name: pool.submit(law, airflow) for name, law in LAWS.items()}


Ran = tuple[dict[str, str], dict[str, Future[None]]]


@pytest.mark.parametrize("law", LAWS)
def test_holds(ran: Ran, law: str, record_property: Callable[[str, object], None]) -> None:
    versions, laws = ran
    for name, version in versions.items():
        record_property(name, version)
    laws[law].result()
