"""Files and pipes, written whole: what the system may take in parts, or leave half done. Any process."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write all of it, however little the system takes at once."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


@contextlib.contextmanager
def draft(path: str, *, sync: bool = False) -> Iterator[int]:
    """Yield the descriptor of a new file, which is removed if the block fails; FileExistsError if it exists.

    The block, or what follows it, moves the file to its place in one step, so that a part of it is never read. With
    `sync`, its content is on the disk when the block is left.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    try:
        try:
            yield descriptor
            if sync:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):  # moved already
            os.unlink(path)
        raise


class LineBuffer:
    """Turns what comes from a pipe, in whatever pieces, into lines."""

    def __init__(self) -> None:
        self._unfinished = b""

    def extend(self, data: bytes) -> None:
        """Keep another piece for the next call of `add`."""
        self._unfinished += data

    def end(self) -> None:
        """Let the unfinished line, if there is one, end here."""
        if self._unfinished and not self._unfinished.endswith(b"\n"):
            self._unfinished += b"\n"

    def add(self, data: bytes) -> list[bytes]:
        """Return the lines that have ended with this piece, without their ends."""
        *lines, self._unfinished = (self._unfinished + data).split(b"\n")
        return lines
