"""The fields of the table in docs/compatibility.md: which Airflow is tried on which Python, with whose packages."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Release:
    """A release of Airflow. `pythons` are the minors that it supports, oldest first.

    `packages_of` is the day (YYYY-MM-DD) of whose packages it is installed, None for today's. Newer ones may break it:
    Airflow 3.2 fails with FastAPI above 0.137, before any step runs.
    """

    version: str
    pythons: tuple[str, ...]
    packages_of: str | None

    @property
    def minor(self) -> str:
        return minor_of(self.version)

    @property
    def lowest_and_highest(self) -> tuple[Field, Field]:
        return Field(self, self.pythons[0]), Field(self, self.pythons[-1])


UP_TO_3_13 = ("3.10", "3.11", "3.12", "3.13")
UP_TO_3_14 = (*UP_TO_3_13, "3.14")
RELEASES = (
    Release("3.1.5", UP_TO_3_13, "2025-12-13"),  # before, Airflow does not retry a task whose process died
    Release("3.1.8", UP_TO_3_13, "2026-03-12"),
    Release("3.2.2", UP_TO_3_14, "2026-05-30"),
    Release("3.3.2", UP_TO_3_14, "2026-09-18"),
)
"""The first Airflow that serves, and the newest of each minor, oldest first. The day is the one after the release's."""
PYTHONS = UP_TO_3_14


@dataclass(frozen=True)
class Field:
    """One release of Airflow on one minor of Python."""

    release: Release
    python: str

    def __str__(self) -> str:
        return f"airflow{self.release.version}-python{self.python}"

    @property
    def is_in_table(self) -> bool:
        return self in FIELDS


FIELDS = tuple(field for release in RELEASES for field in release.lowest_and_highest)


def field_of(airflow: str, python: str) -> Field:
    """Return the field of an Airflow, `3.2.2` or `3.2` for the newest 3.2 of the table, and a Python, `3.13`.

    A release that is not in the table, such as a beta, gets today's packages. ValueError, in words for whoever asks,
    when there is no such field.
    """
    if not re.fullmatch(r"\d+\.\d+", python):
        raise ValueError(f"give a minor of Python, such as {PYTHONS[-1]}, not {python!r}")
    for release in reversed(RELEASES):
        if airflow in (release.version, release.minor):
            if python not in release.pythons:
                raise ValueError(f"Airflow {release.version} does not support Python {python}")
            return Field(release, python)
    if not re.match(r"\d+\.\d+\.\d", airflow):
        raise ValueError(f"give a release of Airflow, such as {RELEASES[-1].version}, not {airflow!r}")
    return Field(Release(airflow, (python,), None), python)


def minor_of(version: str) -> str:
    """Return `3.2` of `3.2.2`."""
    return ".".join(version.split(".")[:2])
