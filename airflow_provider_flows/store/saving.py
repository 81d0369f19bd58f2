"""One artifact on its way into the store: in memory while it is small, else streamed into a blob. Worker process."""

from __future__ import annotations

import os
from contextlib import suppress

from airflow_provider_flows.errors import StoreError, StoreUnavailable, reason_of
from airflow_provider_flows.store import blob, codec, layout
from airflow_provider_flows.store.backend import Backend
from airflow_provider_flows.store.digest import blake3
from airflow_provider_flows.store.record import ArtifactRef

INLINE = 16 << 10
"""Bytes up to which an artifact lives in the record.

A blob of its own would cost a file and two fsyncs, or one more request; 16 KiB cost less than that when they are
copied into the record of each later step, too.
"""

REMOTE_RATIO, LOCAL_RATIO = 1.2, 8.0
"""How much a buffer must shrink to be compressed.

Ahead of a network, any saving pays. A disk is faster than zstd, and a raw buffer can be mapped, so in a folder only
contents that shrink so well that zstd runs at the speed of memory are compressed.
"""


class Draft:
    """Takes the frames of one artifact. `close` gives its ref; `publish` puts its blob in place, `discard` does not."""

    def __init__(self, backend: Backend, flow: str, *, inline: int = INLINE) -> None:
        self._backend, self._flow, self._inline = backend, flow, inline
        self._held: memoryview | None = None
        self._writer: blob.BlobWriter | None = None
        self._fd, self._path = -1, ""
        self._digest, self._size = "", 0

    def add(self, kind: int, view: memoryview) -> None:
        """Take one frame."""
        self._size += len(view)
        if self._writer is None and self._held is None and kind == codec.PICKLE and len(view) <= self._inline:
            self._held = view
            return
        writer = self._writer or self._open()
        writer.add(kind, view)

    def close(self, type_name: str) -> ArtifactRef:
        """Return the ref; the frames may change from now on."""
        if self._writer is None:
            held = bytes(self._held or b"")
            digest = blob.content_digest([(codec.PICKLE, len(held), blake3(held))])
            return ArtifactRef(digest, type_name, self._size, held)
        self._digest = self._writer.close()
        os.close(self._fd)
        self._fd = -1
        return ArtifactRef(self._digest, type_name, self._size)

    @property
    def is_blob(self) -> bool:
        """Whether there is something to publish."""
        return self._writer is not None

    def publish(self) -> None:
        """Put the blob in place, unless a sound one with this content is there."""
        key = layout.blob(self._flow, self._digest)
        if is_sound(self._backend, key, self._digest, self._size):
            os.unlink(self._path)
        else:
            self._backend.adopt(self._path, key)

    def discard(self) -> None:
        """Leave nothing behind."""
        if self._fd >= 0:
            os.close(self._fd)
        if self._path:
            with suppress(FileNotFoundError):
                os.unlink(self._path)

    def _open(self) -> blob.BlobWriter:
        self._path = self._backend.scratch(layout.blobs(self._flow))
        self._fd = os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o666)
        self._writer = blob.BlobWriter(self._fd, REMOTE_RATIO if self._backend.remote else LOCAL_RATIO)
        if self._held is not None:
            self._writer.add(codec.PICKLE, self._held)
        return self._writer


def is_sound(backend: Backend, key: str, digest: str, size: int) -> bool:
    """Say whether the blob is there and whole.

    In a folder every byte is checked, since disks do lose some and a check is cheaper than a write; in a bucket, whose
    service checks what it stores, size and table are.
    """
    try:
        source = backend.open_blob(key, size)
        if backend.remote:
            blob.frames_of(source, digest)
        else:
            blob.verify(source, digest)
    except (FileNotFoundError, StoreError):
        return False
    return True


def save_object(backend: Backend, flow: str, value: object) -> tuple[ArtifactRef, Draft]:
    """Encode one object; the caller publishes the draft, or discards it."""
    draft = Draft(backend, flow)
    try:
        codec.dump(value, draft.add)
        return draft.close(type_name(value)), draft
    except codec.EmitFailed as failed:
        draft.discard()
        reason = reason_of(failed.__cause__ or failed)
        raise StoreUnavailable(f"An artifact could not be written to {backend.url(flow)}: {reason}") from failed
    except BaseException:
        draft.discard()
        raise


def type_name(value: object) -> str:
    """Return the name of an object's class as a user would import it."""
    cls = type(value)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"
