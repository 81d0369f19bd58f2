"""`prepare`: an environment found in the cache, or resolved and built. LAUNCH, worker."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from airflow_provider_flows.environments.folder import cache_root, made_once
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
    python = find_interpreter(spec.python)
    digest = _digest(spec, python)
    folder = cache_root() / digest[:20]

    def make(draft: Path) -> dict[str, Any]:
        say(f"Building the environment {digest[:12]}, once on this machine: {spec}.")
        return _build(draft, spec, python)

    manifest = made_once(folder, make)
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
