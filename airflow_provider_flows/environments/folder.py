"""The cache of a machine: folders that are whole or not there, made once for all processes. LAUNCH, worker."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from airflow_provider_flows.errors import EnvironmentUnavailable, UsageError
from airflow_provider_flows.own_folder import closed_by, open_to_others
from airflow_provider_flows.store.settings import setting

MANIFEST = "environment.json"
"""Written last into a folder: what it holds. A folder without one is not whole."""


def cache_root() -> Path:
    """Return `[flows] environment_cache`, or a folder of this user's cache; UsageError when it cannot be made."""
    chosen = setting("environment_cache")
    above = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    root = Path(chosen or os.path.join(above, "airflow-provider-flows", "environments")).expanduser().resolve()
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        opened = open_to_others(root)
    except OSError as error:
        raise UsageError(
            f"The cache for environments, {root}, cannot be made: {error}. Set [flows] environment_cache."
        ) from error
    if opened is not None:
        raise UsageError(
            f"The cache for environments is {root}, and others can change {opened}. "
            f"Type `{closed_by(opened)}`, or set [flows] environment_cache to a folder of your own."
        )
    return root


def named_by(content: object) -> str:
    """Return a folder's name for what it is made from, which is like JSON: the same content, the same name."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:20]


def made_once(folder: Path, make: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """Return the manifest of `folder`, which `make` fills where it is not there or was changed since it was made.

    `make` is given an empty folder beside it and returns what the manifest is to say. One process at a time does that;
    a process that is killed leaves nothing that a later one would use.
    """
    manifest = manifest_of(folder)
    if manifest is not None:
        return manifest
    with _locked(folder):
        manifest = manifest_of(folder)
        if manifest is not None:
            return manifest
        draft = folder.with_name(f".{folder.name}.draft")
        try:
            for stale in (draft, folder):
                if stale.exists():
                    shutil.rmtree(stale)
            draft.mkdir(mode=0o700)
            said = make(draft)
            manifest = {**said, "files": fingerprint(draft)}
            (draft / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
            draft.rename(folder)
        except OSError as error:
            raise EnvironmentUnavailable(f"The environment {folder} could not be written: {error}") from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return manifest


def removed(folder: Path) -> bool:
    """Remove a folder; return whether it was there."""
    with _locked(folder):
        is_there = folder.exists()
        if is_there:
            gone = folder.with_name(f".{folder.name}.gone")
            folder.rename(gone)  # so that nobody finds a part of it
            shutil.rmtree(gone)
    return is_there


def manifest_of(folder: Path) -> dict[str, Any] | None:
    """Return what the manifest says; None when the folder is not there, not whole, or not as it was made."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if manifest.get("files") == fingerprint(folder) else None


def fingerprint(folder: Path) -> str:
    """Return a digest of the names, sizes and times of all files below a folder: some 10 microseconds for each file.

    Bytecode is left out, which Python may write anew.
    """
    listed = []
    for path, size, changed in _files(str(folder)):
        name = path[len(str(folder)) + 1 :]
        if name != MANIFEST:
            listed.append(f"{name}\0{size}\0{changed}")
    return hashlib.sha256("\n".join(sorted(listed)).encode("utf-8", "surrogateescape")).hexdigest()


def _files(folder: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            else:
                found = entry.stat(follow_symlinks=False)
                yield entry.path, found.st_size, found.st_mtime_ns


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which the system lets go of when this process dies."""
    lock = os.open(folder.with_name(f".{folder.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
