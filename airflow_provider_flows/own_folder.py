"""Whether a folder is its user's own: nobody else may exchange what is in it, since it will be run. Any process."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path


def closed_by(path: Path) -> str:
    """Return the command that takes `path` out of others' hands."""
    found = path.lstat()
    is_writable = stat.S_ISDIR(found.st_mode) and found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return shlex.join(["chmod", "go-w", str(path)] if is_writable else ["rm", "-r", str(path)])


def open_to_others(folder: Path) -> Path | None:
    """Return what lets others exchange the code in a folder: itself, or a folder above it; None when nothing does.

    Above it, everybody may write where only owners remove (as in `/tmp`), and into a volume: that is how those look
    that belong to one container.
    """
    own = folder.lstat()
    if not stat.S_ISDIR(own.st_mode) or own.st_uid != os.getuid() or own.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return folder
    for above in folder.parents:
        mode = above.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX and not above.is_mount():
            return above
    return None
