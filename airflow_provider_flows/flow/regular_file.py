"""Read a file whose path somebody else chose: a regular one, of bounded size, below the folders that are open to them.

Whatever happens to the path meanwhile, what is read is what was looked at. TASK phase.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Sequence

LARGEST = 1 << 30
"""Bytes that a file may have: its content is held in memory, and kept as an artifact."""

_READ = os.O_RDONLY | os.O_CLOEXEC
_FILE = _READ | os.O_NONBLOCK | os.O_NOCTTY
"""Opening a pipe must not wait for somebody who writes into it."""


class Rejected(Exception):
    """The file is none that may be read; the text says why, and nothing of what is there."""


def read_regular(path: str, folders: Sequence[Path] | None = None, largest: int = LARGEST) -> bytes:
    """Return the content of a regular file; where `folders` are given, of one that lies below one of them.

    Links are followed first, so they may lead from one folder to another, and not out of all. Raises Rejected, OSError,
    and ValueError for what cannot be a path.
    """
    with _opened(path, folders, largest) as descriptor:
        return _read(descriptor, largest)


def require_regular(path: str) -> None:
    """Raise what `read_regular` would, as far as can be said without reading."""
    with _opened(path, None, LARGEST):
        pass


@contextmanager
def _opened(path: str, folders: Sequence[Path] | None, largest: int) -> Iterator[int]:
    descriptor = os.open(path, _FILE) if folders is None else _open_below(os.path.realpath(path), folders)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Rejected("it is not a regular file")
        if status.st_size > largest:
            raise _too_large(largest)
        yield descriptor
    finally:
        os.close(descriptor)


def _open_below(path: str, folders: Sequence[Path]) -> int:
    for folder in map(os.path.realpath, folders):
        below = os.path.relpath(path, folder).split(os.sep)
        if below[0] not in (os.pardir, os.curdir):
            return _walk(folder, below)
    raise Rejected(
        "it is not among the files that travel with the flow, nor below a folder of [flows] include_file_roots"
    )


def _walk(folder: str, below: Sequence[str]) -> int:
    """Open what lies below a folder; what was no link a moment ago, and is one now, is an error."""
    descriptor = os.open(folder, _READ | os.O_DIRECTORY)
    for flags, name in [*((_READ | os.O_DIRECTORY, name) for name in below[:-1]), (_FILE, below[-1])]:
        try:
            inner = os.open(name, flags | os.O_NOFOLLOW, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        descriptor = inner
    return descriptor


def _read(descriptor: int, largest: int) -> bytes:
    """Return what there is to read: files of the kernel say that they have no bytes, and others may grow."""
    parts, size = [], 0
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
        size += len(part)
        if size > largest:
            raise _too_large(largest)
    return b"".join(parts)


def _too_large(largest: int) -> Rejected:
    return Rejected(f"it has more than {largest:,} bytes")
