"""BLAKE3-256, as this store uses it. Any process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    Bytes = Union[bytes, bytearray, memoryview]

_WORTH_THREADS = 1 << 20


def blake3(data: Bytes, *, threads: bool = True) -> bytes:
    """Return the 32-byte digest of `data`, on all cores when it is large and `threads` is left on."""
    from blake3 import blake3 as hasher  # 3 ms that no reader of a run's list should pay

    many = threads and len(data) >= _WORTH_THREADS
    return hasher(data, max_threads=hasher.AUTO if many else 1).digest()
