"""From what a step asks for to exact versions: on this machine, or when a flow is compiled. LAUNCH, worker."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Any

from airflow_provider_flows.environments.folder import cache_root, made_once, manifest_of, named_by
from airflow_provider_flows.environments.interpreter import Interpreter
from airflow_provider_flows.environments.spec import EnvironmentSpec
from airflow_provider_flows.environments.uv import run_uv
from airflow_provider_flows.errors import UsageError

_INDEX_SETTINGS = (
    *("UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_EXCLUDE_NEWER"),
    *("UV_PRERELEASE", "UV_RESOLUTION", "UV_CONSTRAINT", "UV_OVERRIDE"),
)
"""Environment variables that change what requirements resolve to."""
PLATFORMS = {
    "linux-x86_64": "x86_64-manylinux_2_28",
    "linux-aarch64": "aarch64-manylinux_2_28",
    "macos-x86_64": "x86_64-apple-darwin",
    "macos-arm64": "aarch64-apple-darwin",
}
"""Platforms that a lock can be for, and uv's names for them."""
_BARE = ("--no-header", "--no-annotate", "--no-strip-markers")


def resolve(spec: EnvironmentSpec, python: Interpreter) -> tuple[str, ...]:
    """Return the exact versions of all packages, once resolved on this machine; those of a lock where there is one.

    EnvironmentFailed and EnvironmentUnavailable, with the resolver's words.
    """
    if spec.lock is not None or not spec.requirements:
        return spec.lock or ()

    def make(_: Path) -> dict[str, Any]:
        return {"asked": str(spec), "lines": _resolved(spec, "--python", python.path)}

    return tuple(made_once(_folder(spec, python), make)["lines"])


def known(spec: EnvironmentSpec, python: Interpreter) -> tuple[str, ...] | None:
    """Return the same without asking any index; None where this machine has not resolved it."""
    if spec.lock is not None or not spec.requirements:
        return spec.lock or ()
    manifest = manifest_of(_folder(spec, python))
    return None if manifest is None else tuple(manifest["lines"])


def _folder(spec: EnvironmentSpec, python: Interpreter) -> Path:
    settings = {name: os.environ[name] for name in _INDEX_SETTINGS if name in os.environ}
    return cache_root() / f"resolved-{named_by([spec.to_json(), python.identity, settings])}"


def lock(spec: EnvironmentSpec, target: str) -> tuple[str, ...]:
    """Return exact versions with the hashes of their files, for a target such as `linux-x86_64/3.12`.

    UsageError for a target that there is not. Not cached: a lock is what the index has now.
    """
    where, _, version = target.partition("/")
    if where not in PLATFORMS or not version:
        raise UsageError(
            f"--lock-for {target!r} is not a platform and a Python. Write for instance linux-x86_64/3.12; "
            f"platforms are {', '.join(PLATFORMS)}."
        )
    options = ("--python-platform", PLATFORMS[where], "--python-version", spec.python or version, "--generate-hashes")
    return tuple(_resolved(spec, *options)) if spec.requirements else ()


def this_machine() -> str:
    """Return the target for this machine's platform and the Python that runs this."""
    system = {"darwin": "macos"}.get(sys.platform, sys.platform)
    machine = {"amd64": "x86_64", "arm64": "arm64" if system == "macos" else "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    return f"{system}-{machine}/{sys.version_info.major}.{sys.version_info.minor}"


def _resolved(spec: EnvironmentSpec, *options: str) -> list[str]:
    command = ("pip", "compile", "-", "--quiet", *_BARE, *options)
    output = run_uv(*command, doing=f"Resolving {spec}", text="\n".join(spec.requirements))
    return [" ".join(line.split()) for line in output.replace("\\\n", " ").splitlines() if line.strip()]
