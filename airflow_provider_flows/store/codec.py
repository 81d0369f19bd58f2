"""Objects to frames and back: pickle protocol 5, large buffers out of band. Any process that runs or reads steps.

A frame is a run of bytes. Frames of kind PICKLE, joined, are the pickle stream, cut every PICKLE_CHUNK bytes so that
saving and loading need no second copy of it; each frame of kind BUFFER is one out-of-band buffer, in the order in
which the stream asks for them. Where the cuts are depends on the content alone, so equal content has equal frames.
"""

from __future__ import annotations

import pickle
from typing import Any, Callable, Iterable, Iterator

PICKLE, BUFFER = 0, 1
PICKLE_CHUNK = 4 << 20
OUT_OF_BAND = 64 << 10
"""Smaller buffers stay in the pickle: a frame of its own (a row in the table, padding, a hash) would cost more."""

Emit = Callable[[int, memoryview], None]


class EmitFailed(BaseException):
    """Carries an error of the sink through the pickler, so that it is not taken for an error of the object."""


def dump(obj: object, emit: Emit) -> None:
    """Call `emit(kind, view)` for each frame of `obj`, straight from the object's own memory where it can be."""
    buffers: list[memoryview] = []
    stream = _ChunkWriter(emit)
    # Pickler hands large bytes to write() as they are, so they are never copied whole.
    pickle.Pickler(stream, protocol=5, buffer_callback=_collector(buffers)).dump(obj)
    stream.close()
    for buffer in buffers:
        stream.send(BUFFER, buffer)


def load(chunks: Iterable[memoryview], buffers: list[memoryview]) -> Any:
    """Return the object; the caller has checked every frame (`chunks` may check each one as it is asked for)."""
    return pickle.Unpickler(_ChunkReader(iter(chunks)), buffers=buffers).load()


def _collector(buffers: list[memoryview]) -> Callable[[pickle.PickleBuffer], bool]:
    def collect(buffer: pickle.PickleBuffer) -> bool:
        """Return whether the pickle itself should hold the buffer."""
        view = buffer.raw()  # pickle itself rejects buffers that are not contiguous; NumPy copies those before
        if view.nbytes < OUT_OF_BAND:
            return True
        buffers.append(view)
        return False

    return collect


class _ChunkWriter:
    """A file for the pickler: emits frames of exactly PICKLE_CHUNK bytes, then the rest."""

    def __init__(self, emit: Emit) -> None:
        self._emit, self._pending = emit, bytearray()

    def write(self, data: bytes) -> int:
        view = memoryview(data).cast("B")
        while view:
            if not self._pending and len(view) >= PICKLE_CHUNK:
                self.send(PICKLE, view[:PICKLE_CHUNK])
                view = view[PICKLE_CHUNK:]
                continue
            room = PICKLE_CHUNK - len(self._pending)
            self._pending += view[:room]
            view = view[room:]
            if len(self._pending) == PICKLE_CHUNK:
                self.close()
        return len(data)

    def close(self) -> None:
        pending, self._pending = self._pending, bytearray()
        if pending:
            self.send(PICKLE, memoryview(pending))

    def send(self, kind: int, view: memoryview) -> None:
        try:
            self._emit(kind, view)
        except Exception as error:
            raise EmitFailed from error


class _ChunkReader:
    """A file for the unpickler over frames that arrive one after the other."""

    def __init__(self, chunks: Iterator[memoryview]) -> None:
        self._chunks, self._view = chunks, memoryview(b"")

    def readinto(self, target: Any) -> int:
        target, done = memoryview(target).cast("B"), 0
        while done < len(target) and self._fill():
            count = min(len(self._view), len(target) - done)
            target[done : done + count] = self._view[:count]
            self._view, done = self._view[count:], done + count
        return done

    def read(self, size: int) -> bytes:
        if size <= len(self._view):
            data, self._view = bytes(self._view[:size]), self._view[size:]
            return data
        target = bytearray(size)
        count = self.readinto(target)
        return bytes(target[:count])

    def readline(self) -> bytes:
        line = b""
        while not line.endswith(b"\n") and self._fill():
            line += self.read(1)
        return line

    def _fill(self) -> bool:
        if not self._view:
            self._view = memoryview(b"")  # lets go of the frame before the next one is fetched
            self._view = next(self._chunks, memoryview(b""))
        return bool(self._view)
