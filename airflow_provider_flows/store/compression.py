"""zstd, per frame, only where a sample shows that it pays. Any process that runs or reads steps."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Iterator, cast

from airflow_provider_flows.errors import ObjectDamaged
from airflow_provider_flows.own_copies import zstandard_package

if TYPE_CHECKING:
    from airflow_provider_flows.store.blob import BlobSource

RAW, ZSTD = 0, 1
_LEVEL = 1
_SMALLEST = 4 << 10
_SAMPLE = 16 << 10
_STEP = 8 << 20
_WINDOW = 32 << 20


def pays(view: memoryview, min_ratio: float) -> bool:
    """Say whether samples from begin, middle and end shrink by `min_ratio` or more."""
    if len(view) < _SMALLEST:
        return False
    last = max(len(view) - _SAMPLE, 0)
    sample = b"".join(view[start : start + _SAMPLE] for start in sorted({0, last // 2, last}))
    return len(sample) >= min_ratio * len(zstandard_package().ZstdCompressor(level=_LEVEL).compress(sample))


def compress(view: memoryview) -> Iterator[bytes]:
    """Yield the compressed bytes in pieces, so that no second copy of the whole is ever in memory."""
    compressor = zstandard_package().ZstdCompressor
    threads = min(os.cpu_count() or 1, 4) if len(view) >= _STEP else 0
    stream = compressor(level=_LEVEL, threads=threads).compressobj(size=len(view))
    for start in range(0, len(view), _STEP):
        yield stream.compress(view[start : start + _STEP])
    yield stream.flush()


def decompress_into(target: memoryview, source: BlobSource, offset: int, stored: int) -> None:
    """Fill `target` from a compressed part of `source`; ObjectDamaged when that is not zstd or gives less."""
    zstandard = zstandard_package()
    done = 0
    try:
        with zstandard.ZstdDecompressor().stream_reader(cast("IO[bytes]", _Part(source, offset, stored))) as stream:
            while done < len(target):
                count = stream.readinto(target[done:])
                if not count:
                    break
                done += count
            longer = bool(stream.read(1))
    except zstandard.ZstdError as error:
        raise ObjectDamaged(f"{source.url} is damaged: the frame at byte {offset} is not zstd: {error}") from error
    if done < len(target) or longer:
        raise ObjectDamaged(f"{source.url} is damaged: the frame at byte {offset} does not have {len(target)} bytes")


def compress_bytes(data: bytes) -> bytes:
    """Return a small object compressed, as one zstd frame."""
    compressed: bytes = zstandard_package().ZstdCompressor(level=_LEVEL).compress(data)
    return compressed


def decompress_bytes(data: bytes | memoryview, size: int, url: str) -> bytes:
    """Return the `size` bytes that `compress_bytes` was given; ObjectDamaged when there are none, or more."""
    zstandard = zstandard_package()
    try:
        found: bytes = zstandard.ZstdDecompressor().decompress(data, max_output_size=size)
    except zstandard.ZstdError as error:
        raise ObjectDamaged(f"{url} is damaged: it is not zstd: {error}") from error
    if len(found) != size:
        raise ObjectDamaged(f"{url} is damaged: it has not {size} bytes")
    return found


class _Part:
    """Reads one stored frame in windows."""

    def __init__(self, source: BlobSource, offset: int, stored: int) -> None:
        self._source, self._at, self._end = source, offset, offset + stored
        self._window = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        if not self._window and self._at < self._end:
            length = min(_WINDOW, self._end - self._at)
            self._window = self._source.view(self._at, length)
            self._at += length
        size = len(self._window) if size < 0 else size
        data, self._window = bytes(self._window[:size]), self._window[size:]
        return data
