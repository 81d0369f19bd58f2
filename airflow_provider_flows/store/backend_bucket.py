"""The store in a bucket: one create-only request per record, ranged reads in parallel. Any process.

What a request is, a client says: obstore's or fsspec's. What they have in common is here: keys, errors, patience, and
that nothing that was opened before a fork is used after it.
"""

from __future__ import annotations

import logging
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Iterable, Iterator, Protocol, TypeVar

from airflow_provider_flows.errors import StoreError, StoreUnavailable
from airflow_provider_flows.store.backend import reaching
from airflow_provider_flows.store.bucket_errors import explained, is_no_bucket
from airflow_provider_flows.store.layout import TEMPORARY
from airflow_provider_flows.store.memory import fresh
from airflow_provider_flows.store.patience import patiently

Result = TypeVar("Result")

_LONGEST_KEY = 1024
_SMALL = 8 << 20
_RANGE = 4 << 20
_WINDOW = 16 << 20
_log = logging.getLogger("airflow_provider_flows.store")
_of_parents: list[BucketClient] = []
"""Clients of the processes above, kept: to end one may take a lock that a thread of theirs held at the fork."""
_warned: set[str] = set()


class BucketClient(Protocol):
    """Requests to one bucket, each of them once. Keys begin below the root.

    FileNotFoundError and FileExistsError mean what they say; all other errors are the package's own.
    """

    creates_once: bool
    """Whether of several writers of one key, only one can succeed."""
    prefix: str
    """What stands before each key in the bucket."""

    def ask(self, request: Callable[[Any], Result]) -> Result:
        """Return what `request` returns, which is given this client; a signal's handler may end the waiting."""

    def get(self, key: str) -> bytes:
        """Return an object whole, in one request."""

    def get_range(self, key: str, start: int, target: memoryview) -> None:
        """Fill `target` with the bytes of an object from `start` on."""

    def size(self, key: str) -> int:
        """Return an object's size in bytes."""

    def create(self, key: str, data: bytes) -> None:
        """Write an object that must not be there."""

    def put(self, key: str, data: bytes) -> None:
        """Write an object, in place of another one if need be."""

    def upload(self, path: str, key: str) -> None:
        """Write a file of any size, in parts."""

    def names(self, key: str) -> Iterable[str]:
        """Return what is directly below a key, folders with a `/` behind."""

    def keys(self, key: str) -> Iterable[str]:
        """Yield all keys below a key."""


class BucketBackend:
    """Objects are keys of a bucket. `open_client` is called before the first request, and again after a fork."""

    remote = True

    def __init__(self, root: str, open_client: Callable[[], BucketClient], retry_seconds: float) -> None:
        self.root, self._open, self._retry_seconds = root, open_client, retry_seconds
        self._opened: tuple[int, BucketClient] | None = None

    @property
    def client(self) -> BucketClient:
        """The client of this process."""
        opened = self._opened
        if opened is None or opened[0] != os.getpid():
            if opened is not None:
                _of_parents.append(opened[1])
            opened = self._opened = (os.getpid(), self._open())
        return opened[1]

    def url(self, key: str) -> str:
        return f"{self.root}/{key}"

    def read(self, key: str) -> bytes:
        return self._ask(key, "read", lambda client: client.get(key), FileNotFoundError)

    def create(self, key: str, data: bytes) -> None:
        self._ask(key, "written", lambda client: self._create(client, key, data), FileExistsError)

    def _create(self, client: BucketClient, key: str, data: bytes) -> None:
        if not client.creates_once:
            self._warn()
        try:
            client.create(key, data)
            if client.creates_once:
                return
        except FileExistsError:
            pass  # ours, if an answer was lost and the request was sent again
        if client.get(key) != data:
            raise FileExistsError(self.url(key))

    def put(self, key: str, data: bytes) -> None:
        self._ask(key, "written", lambda client: client.put(key, data))

    def children(self, key: str) -> list[str]:
        def listed(client: BucketClient) -> list[str]:
            return [name for name in client.names(key) if TEMPORARY not in name]

        try:
            return self._ask(key, "read", listed, FileNotFoundError, NotADirectoryError)
        except (FileNotFoundError, NotADirectoryError):
            return []

    def walk(self, key: str) -> Iterator[str]:
        try:
            found = self._ask(key, "read", lambda client: list(client.keys(key)), FileNotFoundError)
        except FileNotFoundError:
            return
        yield from (each for each in found if TEMPORARY not in each)

    def scratch(self, key: str) -> str:
        """A bucket needs the digest, which is the name, before the first byte: so blobs wait on local disk."""
        with reaching(f"{tempfile.gettempdir()} (TMPDIR)", "written", OSError):
            fd, path = tempfile.mkstemp(prefix="flows-blob-")
        os.close(fd)
        return path

    def adopt(self, path: str, key: str) -> None:
        self._ask(key, "written", lambda client: client.upload(path, key))
        os.unlink(path)

    def open_blob(self, key: str, size_hint: int) -> BucketBlob:
        return BucketBlob(self._ask, key, self.url(key), size_hint)

    def _ask(self, key: str, done: str, request: Callable[[BucketClient], Result], *answers: type[Exception]) -> Result:
        """Return the answer to a request; StoreUnavailable where there is none in time, and no `answers`."""
        url = self.url(key)
        with reaching(url, done, Exception, *answers, reason=explained):
            self._require_short(key)
            try:
                return patiently(url, lambda: self.client.ask(request), self._retry_seconds)
            except FileNotFoundError as error:
                if is_no_bucket(error):
                    raise StoreUnavailable(f"{url} could not be {done}: {explained(error)}") from error
                raise

    def _require_short(self, key: str) -> None:
        length = len(f"{self.client.prefix}{key}".encode())
        if length > _LONGEST_KEY:
            raise StoreError(f"{self.url(key)[:80]}… has {length} bytes as a key, and buckets allow {_LONGEST_KEY}")

    def _warn(self) -> None:
        scheme = self.root.partition("://")[0]
        if scheme not in _warned:
            _warned.add(scheme)
            _log.warning(
                "%s:// cannot promise that of two writers of one record only one succeeds: keep to one machine, or use "
                "a bucket of S3, Google Cloud Storage or Azure.",
                scheme,
            )


class BucketBlob:
    """A blob read by ranges: whole at once while it is small, in windows of several ranges otherwise."""

    def __init__(self, ask: Callable[..., Any], key: str, url: str, size_hint: int) -> None:
        self._ask, self._key, self.url = ask, key, url
        self._start, self._window = 0, memoryview(b"")
        if size_hint <= _SMALL:
            self._window = _writable(self._read(lambda client: client.get(key)))
            self.size = len(self._window)
        else:
            self.size = self._read(lambda client: client.size(key))

    def view(self, offset: int, length: int) -> memoryview:
        if self._start <= offset and offset + length <= self._start + len(self._window):
            return self._window[offset - self._start :][:length]
        if length > _RANGE:
            return self._fetch(offset, length)
        # Small parts lie side by side, so fetching what follows saves a request for each of them.
        self._window = memoryview(b"")
        self._start, self._window = offset, self._fetch(offset, min(_WINDOW, self.size - offset))
        return self._window[:length]

    def release(self, offset: int, length: int) -> None:
        pass

    def _fetch(self, offset: int, length: int) -> memoryview:
        target = fresh(length)

        def one(start: int) -> None:
            part = target[start : start + _RANGE]
            self._read(lambda client: client.get_range(self._key, offset + start, part))

        starts = range(0, length, _RANGE)
        if len(starts) == 1:
            one(0)
        elif length:
            with ThreadPoolExecutor(at_once(length, _RANGE, 4)) as pool:
                list(pool.map(one, starts))
        return target

    def _read(self, request: Callable[[BucketClient], Any]) -> Any:
        return self._ask(self._key, "read", request, FileNotFoundError)


def at_once(size: int, part: int, least: int) -> int:
    """Return how many parts may be under way, so that they stay far below a tenth of the whole."""
    return min(16, max(least, size // (20 * part)))


def _writable(data: bytes) -> memoryview:
    target = fresh(len(data))
    target[:] = data
    return target
