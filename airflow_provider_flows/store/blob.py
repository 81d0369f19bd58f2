"""The blob file: one artifact's frames, each aligned, hashed and addressable. Any process that runs or reads steps.

    0           64-byte header: magic, major and minor version, zeros
    64          the frames, each beginning at a multiple of 64
    T           the table: 64 bytes per frame (kind, encoding, offset, stored and raw length, BLAKE3 of the raw bytes)
    size - 64   trailer: T, number of frames, BLAKE3 of header and table, magic

The digest that names a blob covers kind, raw length and digest of every frame, so it does not depend on compression.
"""

from __future__ import annotations

import struct
import threading
from dataclasses import dataclass
from typing import Iterable, Iterator, Protocol

from airflow_provider_flows.errors import NewerFormat, ObjectDamaged, StoreError
from airflow_provider_flows.files import write_all
from airflow_provider_flows.store import codec
from airflow_provider_flows.store.compression import RAW, ZSTD, compress, decompress_into, pays
from airflow_provider_flows.store.digest import blake3
from airflow_provider_flows.store.memory import fresh

MAGIC, END_MAGIC = b"FLOWSBLB", b"FLOWSEND"
MAJOR, MINOR = 1, 0
ALIGN = 64
_HEADER = struct.Struct("<8sHH52x")
_ENTRY = struct.Struct("<BB6xQQQ32s")
_TRAILER = struct.Struct("<QQ32s8x8s")
_CONTENT = struct.Struct("<BQ32s")
_CONTENT_TAG = b"flows.artifact.1\0"
_OVERLAP = 1 << 20
_PICKLE_RATIO = 1.2


@dataclass(frozen=True)
class StoredFrame:
    """Where one frame is in the blob, and the digest of what it holds."""

    kind: int
    encoding: int
    offset: int
    stored: int
    raw: int
    digest: bytes


class BlobSource(Protocol):
    """A stored blob that can be read in parts; `view` may be called for any part, in any order."""

    url: str
    size: int

    def view(self, offset: int, length: int) -> memoryview:
        """Return the bytes as writable memory that belongs to the caller: changing it changes no file."""

    def release(self, offset: int, length: int) -> None:
        """Say that a viewed part will not be used again."""


def content_digest(frames: Iterable[tuple[int, int, bytes]]) -> str:
    """Return the digest that names a content, from (kind, raw length, digest) of its frames."""
    return blake3(_CONTENT_TAG + b"".join(_CONTENT.pack(*frame) for frame in frames)).hex()


class BlobWriter:
    """Streams frames into an open file: hashed while they are written, compressed where it pays."""

    def __init__(self, fd: int, min_ratio: float) -> None:
        self._fd, self._min_ratio, self._end = fd, min_ratio, 0
        self._frames: list[StoredFrame] = []
        self._header = _HEADER.pack(MAGIC, MAJOR, MINOR)
        self._write(self._header)

    def add(self, kind: int, view: memoryview) -> None:
        """Write one frame."""
        self._write(bytes(-self._end % ALIGN))
        offset = self._end
        # A pickle is never mapped for the user, and making it took longer than zstd will.
        encoding = ZSTD if pays(view, self._min_ratio if kind == codec.BUFFER else _PICKLE_RATIO) else RAW
        with _Hashing(view) as hashing:
            for part in compress(view) if encoding == ZSTD else [view]:
                self._write(part)
        self._frames.append(StoredFrame(kind, encoding, offset, self._end - offset, len(view), hashing.digest))

    def close(self) -> str:
        """Write table and trailer; return the content's digest."""
        self._write(bytes(-self._end % ALIGN))
        start = self._end
        table = b"".join(
            _ENTRY.pack(frame.kind, frame.encoding, frame.offset, frame.stored, frame.raw, frame.digest)
            for frame in self._frames
        )
        self._write(table)
        self._write(_TRAILER.pack(start, len(self._frames), blake3(self._header + table), END_MAGIC))
        return content_digest((frame.kind, frame.raw, frame.digest) for frame in self._frames)

    def _write(self, data: bytes | memoryview) -> None:
        self._end += memoryview(data).nbytes
        write_all(self._fd, data)


class _Hashing:
    """Hashes a frame while it is being written, in a thread of its own where that pays."""

    def __init__(self, view: memoryview) -> None:
        self._view, self.digest = view, b""
        self._thread = threading.Thread(target=self._run) if len(view) >= _OVERLAP else None

    def _run(self) -> None:
        self.digest = blake3(self._view, threads=False)

    def __enter__(self) -> _Hashing:
        (self._thread.start if self._thread else self._run)()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread:
            self._thread.join()
        if not self.digest:
            raise StoreError("a frame could not be hashed: its thread died")


def read(source: BlobSource, digest: str) -> object:
    """Return the object that `source` holds; every byte is checked before it is unpickled.

    Raises ObjectDamaged when the content is not the one that `digest` names, and NewerFormat.
    """
    frames = frames_of(source, digest)
    buffers = [_checked(source, frame) for frame in frames if frame.kind == codec.BUFFER]
    return codec.load(_pickle_chunks(source, frames), buffers)


def verify(source: BlobSource, digest: str) -> None:
    """Read and check every frame; raises as `read` does."""
    for frame in frames_of(source, digest):
        _checked(source, frame)
        source.release(frame.offset, frame.stored)


def frames_of(source: BlobSource, digest: str) -> list[StoredFrame]:
    """Return the blob's table, checked against the digest of its content."""
    url = source.url
    if source.size < _HEADER.size + _TRAILER.size:
        raise ObjectDamaged(f"{url} is damaged: it has only {source.size} bytes; its digest should be {digest}")
    trailer = source.view(source.size - _TRAILER.size, _TRAILER.size)
    start, count, expected, magic = _TRAILER.unpack(trailer)
    if magic != END_MAGIC or start + count * _ENTRY.size + _TRAILER.size != source.size:
        raise ObjectDamaged(f"{url} is cut short or damaged: it has no whole trailer; its digest should be {digest}")
    header, table = source.view(0, _HEADER.size), source.view(start, count * _ENTRY.size)
    actual = blake3(b"".join((header, table)))
    if actual != expected:
        raise ObjectDamaged(
            f"{url} is damaged: the digest of its table should be {expected.hex()} and is {actual.hex()}"
        )
    _check_version(bytes(header), url)
    frames = [StoredFrame(*entry) for entry in _ENTRY.iter_unpack(table)]
    found = content_digest((frame.kind, frame.raw, frame.digest) for frame in frames)
    if found != digest:
        raise ObjectDamaged(f"{url} holds other content: its digest should be {digest} and is {found}")
    return frames


def _check_version(header: bytes, url: str) -> None:
    magic, major, minor = _HEADER.unpack(header)
    if magic != MAGIC:
        raise ObjectDamaged(f"{url} is not a blob: it begins {magic!r}")
    if major > MAJOR:
        raise NewerFormat(
            f"{url} has format {major}.{minor}, and this version reads up to {MAJOR}: upgrade airflow-provider-flows"
        )


def _checked(source: BlobSource, frame: StoredFrame) -> memoryview:
    if frame.encoding == RAW:
        view = source.view(frame.offset, frame.stored)
    elif frame.encoding == ZSTD:
        view = fresh(frame.raw)
        decompress_into(view, source, frame.offset, frame.stored)
    else:
        raise NewerFormat(f"{source.url} uses encoding {frame.encoding}: upgrade airflow-provider-flows")
    actual = blake3(view)
    if actual != frame.digest or len(view) != frame.raw:
        raise ObjectDamaged(
            f"{source.url} is damaged: the digest of the frame at byte {frame.offset} should be "
            f"{frame.digest.hex()} and is {actual.hex()}"
        )
    return view


def _pickle_chunks(source: BlobSource, frames: list[StoredFrame]) -> Iterator[memoryview]:
    for frame in frames:
        if frame.kind == codec.PICKLE:
            yield _checked(source, frame)
            source.release(frame.offset, frame.stored)
