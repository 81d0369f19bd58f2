"""`EnvironmentSpec`: the packages and the Python that a step asks for. Any phase; data only."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airflow_provider_flows.errors import UsageError

_NAME = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(\[[A-Za-z0-9._,\s-]*\])?")
_BARE_VERSION = re.compile(r"\d[\w.!+*-]*")
_PYTHON = re.compile(r"3\.\d+(?:\.\d+)?")
_OLDEST = (3, 9)
_VERSION_CONTROL = re.compile(r"@?\s*(?:git|hg|svn|bzr)(?:\+|@)")


@dataclass(frozen=True)
class EnvironmentSpec:
    """What a step's environment holds: `requirements` as in a requirements file, sorted, and a Python such as `3.12`.

    `python` is None for the one that runs the rest of the flow. Two steps that ask for the same share an environment.
    """

    requirements: tuple[str, ...] = ()
    python: str | None = None
    lock: tuple[str, ...] | None = None
    """What they were resolved to, `name==version` and hashes of files; None when that is still to be done."""

    @classmethod
    def of(cls, packages: Mapping[str, Any], python: str | None = None) -> EnvironmentSpec:
        """Return the environment with these packages, `{name: version}`; UsageError for what cannot be installed."""
        return cls(tuple(sorted(requirement(name, version) for name, version in packages.items())), checked(python))

    def to_json(self) -> dict[str, Any]:
        return {"requirements": list(self.requirements), "python": self.python, "lock": self.lock}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> EnvironmentSpec:
        """Read what `to_json` made."""
        return cls(tuple(data["requirements"]), data["python"], None if data["lock"] is None else tuple(data["lock"]))

    @property
    def digest(self) -> str:
        """A name for what is asked for, whatever it is resolved to."""
        content = json.dumps([self.requirements, self.python])
        return hashlib.sha256(content.encode()).hexdigest()[:20]

    def __str__(self) -> str:
        packages = ", ".join(self.requirements) or "no packages"
        return packages if self.python is None else f"{packages} on Python {self.python}"


def requirement(name: object, version: object) -> str:
    """Return a package and its version as a line of a requirements file; UsageError where it cannot be one.

    A version is exact (`1.3.2`), a range (`>=1,<2`), empty for any, or the URL or absolute path of a wheel.
    """
    text = str(name).strip()
    if not isinstance(name, str) or not _NAME.fullmatch(text):
        raise UsageError(f"{name!r} is not the name of a package. Write it as 'pandas' or 'pandas[parquet]'.")
    if version is not None and not isinstance(version, (str, int, float)):
        raise UsageError(f"the version of {text!r} is {version!r}. Write it as text: '1.3.2', '>=1,<2' or ''.")
    wanted = "" if version is None else str(version).strip()
    if _VERSION_CONTROL.match(wanted):
        raise UsageError(
            f"{text!r} comes from version control ({wanted}), which may be another commit at each build. "
            "Build a wheel of it, and give its URL or a version on your package index."
        )
    location = wanted.lstrip("@ ")
    if "://" in location or location.startswith("/"):
        return f"{text} @ {location if '://' in location else f'file://{location}'}"
    if _BARE_VERSION.fullmatch(wanted):
        wanted = f"=={wanted}"
    return _parsed(f"{text} {wanted}")


def checked(python: object) -> str | None:
    """Return a version of Python as it was written; UsageError where steps cannot run in it."""
    if python is None:
        return None
    text = str(python)
    if not _PYTHON.fullmatch(text) or isinstance(python, float) or _numbers(text.split(".")[:2]) < _OLDEST:
        oldest = ".".join(map(str, _OLDEST))
        raise UsageError(f"python is {python!r}. Write a version from {oldest} on as text: '3.12' or '3.12.1'.")
    return text


def _numbers(parts: Sequence[str]) -> tuple[int, ...]:
    return tuple(map(int, parts))


def _parsed(line: str) -> str:
    from packaging.requirements import InvalidRequirement, Requirement  # not where steps run

    try:
        return str(Requirement(line))
    except InvalidRequirement as error:
        reason = str(error).splitlines()[0]
        raise UsageError(f"{line!r} is not a version of a package: {reason}. Write '1.3.2', '>=1,<2' or ''.") from None
