"""`prepare`: an environment found in the cache, or resolved and built. LAUNCH, worker."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from airflow_provider_flows.environments.folder import cache_root, made_once, manifest_of, removed
from airflow_provider_flows.environments.interpreter import Interpreter, find_interpreter
from airflow_provider_flows.environments.ready import ReadyEnvironment
from airflow_provider_flows.environments.runtime import runtime_folder
from airflow_provider_flows.environments.spec import EnvironmentSpec
from airflow_provider_flows.environments.uv import installed, run_uv

_INDEX_SETTINGS = (
    *("UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_EXCLUDE_NEWER"),
    *("UV_PRERELEASE", "UV_RESOLUTION", "UV_CONSTRAINT", "UV_OVERRIDE"),
)
"""Environment variables that change what requirements resolve to."""

Say = Callable[[str], object]


def prepare(spec: EnvironmentSpec, say: Say = lambda _: None) -> ReadyEnvironment:
    """Return the environment that `spec` describes, which is built unless this machine has it.

    `say` is told, in one sentence, when that takes a while. EnvironmentFailed when it can never be built as it is asked
    for, EnvironmentUnavailable when it could not be built now; both with the words of the resolver.
    """
    python, digest, folder = _place(spec)

    def make(draft: Path) -> dict[str, Any]:
        say(f"Building the environment {digest[:12]}, once on this machine: {spec}.")
        return _build(draft, spec, python)

    return _ready(digest, folder, python, made_once(folder, make))


def found(spec: EnvironmentSpec) -> ReadyEnvironment | None:
    """Return the environment, if it is built on this machine."""
    python, digest, folder = _place(spec)
    manifest = manifest_of(folder)
    return None if manifest is None else _ready(digest, folder, python, manifest)


def remove(spec: EnvironmentSpec) -> Path | None:
    """Remove an environment from this machine; return its folder, None when there was none."""
    _, _, folder = _place(spec)
    return folder if removed(folder) else None


def _place(spec: EnvironmentSpec) -> tuple[Interpreter, str, Path]:
    python = find_interpreter(spec.python)
    digest = _digest(spec, python)
    return python, digest, cache_root() / digest[:20]


def _ready(digest: str, folder: Path, python: Interpreter, manifest: Mapping[str, Any]) -> ReadyEnvironment:
    return ReadyEnvironment(digest, folder / "bin" / "python", runtime_folder(python), tuple(manifest["packages"]))


def _digest(spec: EnvironmentSpec, python: Interpreter) -> str:
    settings = {name: os.environ[name] for name in _INDEX_SETTINGS if name in os.environ}
    content = json.dumps([spec.to_json(), python.identity, settings], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _build(draft: Path, spec: EnvironmentSpec, python: Interpreter) -> dict[str, Any]:
    run_uv(
        *("venv", "--relocatable", "--allow-existing", "--no-project", "--python", python.path, str(draft)),
        doing="Making a virtual environment",
    )
    interpreter = draft / "bin" / "python"
    if spec.requirements:
        _install(interpreter, spec.requirements, f"Installing {spec}")
    return {"asked": spec.to_json(), "python": python.identity, "packages": list(installed(interpreter))}


def _install(interpreter: Path, requirements: Sequence[str], doing: str) -> None:
    run_uv(
        *("pip", "install", "--compile-bytecode", "--python", str(interpreter), "-r", "-"),
        doing=doing,
        text="\n".join(requirements),
    )
