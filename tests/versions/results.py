"""What came of the fields that were run: a file for each, so that they can be run in parallel and anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from tests.versions.fields import Field, field_of

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Result:
    """How a field ended. `checks` has `ok` or `failed` for each check, `python` the exact version."""

    airflow: str
    python: str
    ran_on: str
    packages: str
    checks: Mapping[str, str]

    @classmethod
    def of_today(cls, field: Field, versions: Mapping[str, str], packages: str, checks: Mapping[str, str]) -> Result:
        assert versions["airflow"] == field.release.version
        return cls(versions["airflow"], versions["python"], date.today().isoformat(), packages, dict(checks))

    @property
    def field(self) -> Field:
        return field_of(self.airflow, ".".join(self.python.split(".")[:2]))

    @property
    def failed(self) -> list[str]:
        return [check for check, ended in self.checks.items() if ended != "ok"]


def write_result(result: Result) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{result.field}.json").write_text(json.dumps(asdict(result), indent=2) + "\n")


def results() -> Iterator[Result]:
    """Yield what is known of the fields, in no order."""
    for file in RESULTS.glob("*.json"):
        yield Result(**json.loads(file.read_text()))
