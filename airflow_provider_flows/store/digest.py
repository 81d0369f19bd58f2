"""BLAKE3-256, as this store uses it. Any process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Union

from airflow_provider_flows.own_copies import blake3_package

if TYPE_CHECKING:
    Bytes = Union[bytes, bytearray, memoryview]

_WORTH_THREADS = 1 << 20


def blake3(data: Bytes, *, threads: bool = True) -> bytes:
    """Return the 32-byte digest of `data`, on all cores when it is large and `threads` is left on."""
    hasher = blake3_package().blake3
    many = threads and len(data) >= _WORTH_THREADS
    digest: bytes = hasher(data, max_threads=hasher.AUTO if many else 1).digest()
    return digest
