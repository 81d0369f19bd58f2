"""What this package needs inside of a step's environment: itself, and a few packages of its own. LAUNCH, worker."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import airflow_provider_flows
from airflow_provider_flows.environments.folder import cache_root, made_once, named_by
from airflow_provider_flows.environments.interpreter import Interpreter
from airflow_provider_flows.environments.uv import run_uv

NEEDED = ("blake3", "zstandard", "click", "fsspec")
"""What the core imports; in other versions than here only where a Python has no such version."""
BUCKETS = "obstore"
"""What opens a datastore in a bucket there: it brings no other packages along."""
_PACKAGE = Path(airflow_provider_flows.__file__).resolve().parent


def runtime_folder(python: Interpreter) -> Path:
    """Return a folder with `package`, which holds this package alone, and `packages`, which holds what it needs.

    They are installed apart from the step's packages and never resolved together with them.
    """
    wanted = [f"{name}<={version(name)}" for name in NEEDED]  # an older Python may have an older one
    wanted.append(f"{BUCKETS}<={version(BUCKETS)}" if _is_installed(BUCKETS) else BUCKETS)
    folder = cache_root() / f"runtime-{named_by([wanted, python.identity, str(_PACKAGE)])}"

    def make(draft: Path) -> dict[str, Any]:
        (draft / "package").mkdir()
        (draft / "package" / _PACKAGE.name).symlink_to(_PACKAGE)
        run_uv(
            *("pip", "install", "--compile-bytecode", "--python", python.path),
            *("--target", str(draft / "packages"), *wanted),
            doing=f"Installing what steps on Python {python.version} need",
        )
        return {"packages": wanted}

    made_once(folder, make)
    return folder


def _is_installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False
