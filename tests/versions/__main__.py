"""`make check-version AIRFLOW=3.2 PYTHON_VERSION=3.13`: run one field, and write what came of it into the table.

Packages are those of the release's day; CONSTRAINTS, the address or the file of Airflow's constraints, takes those. A
release that is not in the table is only run.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.versions.environment import packages_of
from tests.versions.fields import Field, field_of
from tests.versions.page import write_page
from tests.versions.results import Result, write_result

NAME = "field"
"""Of the plugin, by which the tests ask for it."""
OFFICIAL = "https://raw.githubusercontent.com/apache/airflow/constraints-{airflow}/constraints-{python}.txt"


class FieldPlugin:
    """Tells the tests which field to run, and remembers how each check ended."""

    __name__ = NAME

    def __init__(self, field: Field, constraints: str | None) -> None:
        self.field, self.constraints = field, constraints
        self.versions: dict[str, str] = {}
        self.checks: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        check = report.nodeid.partition(f"[{self.field}-")[2].removesuffix("]")
        if report.when == "call" or report.failed:
            self.versions.update((name, str(value)) for name, value in report.user_properties)
            self.checks[check] = "ok" if report.passed else "failed"

    @property
    def result(self) -> Result | None:
        """What came of the field; None where it got nowhere."""
        if not self.versions:
            return None
        return Result.of_today(self.field, self.versions, packages_of(self.field, self.constraints), self.checks)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="make check-version")
    parser.add_argument("airflow", help="a release, 3.2.2, or a minor of the table, 3.2, for the newest of it there")
    parser.add_argument("python", help="a minor, 3.13")
    parser.add_argument("--constraints", help="`official`, or an address or a file with {airflow} and {python} in it")
    parser.add_argument("--packages-of", help="the day of whose packages, YYYY-MM-DD, instead of the release's")
    options = parser.parse_args()
    try:
        field = field_of(options.airflow, options.python)
    except ValueError as error:
        parser.error(f"{error}. For instance: make check-version AIRFLOW=3.2 PYTHON_VERSION=3.13")
    if options.packages_of:
        field = replace(field, release=replace(field.release, packages_of=options.packages_of))
    constraints = OFFICIAL if options.constraints == "official" else options.constraints
    plugin = FieldPlugin(field, constraints)
    tests = Path(__file__).parent / "test_fields.py"
    code = pytest.main([str(tests), "-m", "slow", "-q"], plugins=[plugin])
    ran = code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)  # not one that somebody stopped
    if ran and field.is_in_table and (result := plugin.result) is not None:
        write_result(result)
        write_page()
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
