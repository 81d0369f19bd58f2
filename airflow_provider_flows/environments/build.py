"""`prepare`: an environment found in the cache, or resolved and built. LAUNCH, worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from airflow_provider_flows.environments.folder import cache_root, made_once, manifest_of, named_by, removed
from airflow_provider_flows.environments.interpreter import Interpreter, find_interpreter
from airflow_provider_flows.environments.ready import ReadyEnvironment
from airflow_provider_flows.environments.resolve import known, resolve
from airflow_provider_flows.environments.runtime import runtime_folder
from airflow_provider_flows.environments.spec import EnvironmentSpec
from airflow_provider_flows.environments.uv import run_uv

Say = Callable[[str], object]


def prepare(spec: EnvironmentSpec, say: Say = lambda _: None) -> ReadyEnvironment:
    """Return the environment that `spec` describes, which is built unless this machine has it.

    `say` is told, in one sentence, when that takes a while. EnvironmentFailed when it can never be built as it is asked
    for, EnvironmentUnavailable when it could not be built now; both with the words of the resolver.
    """
    python = find_interpreter(spec.python)
    lines = resolve(spec, python)
    folder = _folder(lines, python)

    def make(draft: Path) -> dict[str, Any]:
        say(f"Building the environment {folder.name[:12]}, once on this machine: {spec}.")
        return _build(draft, spec, lines, python)

    made_once(folder, make)
    return _ready(folder, python, lines)


def resolved(spec: EnvironmentSpec) -> tuple[str, ...]:
    """Return what a spec's requirements resolve to on this machine: exact versions; raises as `prepare` does."""
    return resolve(spec, find_interpreter(spec.python))


def found(spec: EnvironmentSpec) -> ReadyEnvironment | None:
    """Return the environment, if it is built on this machine."""
    python = find_interpreter(spec.python)
    lines = known(spec, python)
    if lines is None or manifest_of(_folder(lines, python)) is None:
        return None
    return _ready(_folder(lines, python), python, lines)


def remove(spec: EnvironmentSpec) -> Path | None:
    """Remove an environment from this machine; return its folder, None when there was none."""
    python = find_interpreter(spec.python)
    lines = known(spec, python)
    folder = None if lines is None else _folder(lines, python)
    return folder if folder is not None and removed(folder) else None


def _ready(folder: Path, python: Interpreter, lines: tuple[str, ...]) -> ReadyEnvironment:
    return ReadyEnvironment(folder.name, folder / "bin" / "python", runtime_folder(python), lines)


def _folder(lines: Sequence[str], python: Interpreter) -> Path:
    """Return the folder for exact versions on a Python: it is the same, whoever asked for them in what words."""
    return cache_root() / named_by([sorted(lines), python.identity])


def _build(draft: Path, spec: EnvironmentSpec, lines: Sequence[str], python: Interpreter) -> dict[str, Any]:
    run_uv(
        *("venv", "--relocatable", "--allow-existing", "--no-project", "--python", python.path, str(draft)),
        doing="Making a virtual environment",
    )
    if lines:
        run_uv(
            *("pip", "install", "--python", str(draft / "bin" / "python")),
            *("--no-deps", "--compile-bytecode", "-r", "-"),
            *(("--require-hashes",) if any("--hash=" in line for line in lines) else ()),
            doing=f"Installing {spec}",
            text="\n".join(lines),
        )
    return {"asked": str(spec), "python": python.identity, "packages": list(lines)}
