"""Old code leaves a worker's disk: folders that no task has used for a while, drafts of workers that died. Worker."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import time
from pathlib import Path

DAY = 86_400.0
"""Seconds."""
UNUSED_DAYS = 30
"""After so many days without a task that used it, the code of a flow is forgotten; a task that needs it lays it out."""
_DAYS = ((re.compile(r"(?:[0-9a-f]{12}|[0-9a-f]{64})\Z"), UNUSED_DAYS), (re.compile(r"\.(?:old|[0-9a-f]{12,20})-"), 1))
"""The names of what is ours, code and drafts, and for how many days it stays."""


def used(folder: Path) -> None:
    """Note that a task uses a folder of the cache now."""
    with contextlib.suppress(OSError):  # somebody else's folder, which its owner looks after
        os.utime(folder)


def forget_unused(cache: Path) -> None:
    """Remove what has been in the cache for long without being used; whatever is not ours stays."""
    with contextlib.suppress(OSError), os.scandir(cache) as entries:
        for entry in entries:
            if any(name.match(entry.name) and _is_older(entry, days) for name, days in _DAYS):
                _remove(Path(entry.path))


def _is_older(entry: os.DirEntry[str], days: int) -> bool:
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    return entry.is_dir(follow_symlinks=False) and found.st_mtime < time.time() - days * DAY


def _remove(folder: Path) -> None:
    """Take a folder away in one step, then its files: no task finds half of it."""
    with contextlib.suppress(OSError):
        away = Path(tempfile.mkdtemp(prefix=".old-", dir=folder.parent))
        with contextlib.suppress(OSError):
            folder.rename(away / folder.name)
        shutil.rmtree(away, ignore_errors=True)
