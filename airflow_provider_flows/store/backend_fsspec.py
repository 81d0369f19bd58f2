"""The store in a bucket, through fsspec: one create-only PUT per record, ranged reads in parallel. Any process."""

from __future__ import annotations

import inspect
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Iterator

from airflow_provider_flows.errors import StoreError
from airflow_provider_flows.store.backend import reaching
from airflow_provider_flows.store.layout import TEMPORARY
from airflow_provider_flows.store.memory import fresh

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_LONGEST_KEY = 1024
_SMALL = 8 << 20
_RANGE = 4 << 20
_WINDOW = 16 << 20
_PART = 5 << 20
_MOST_PARTS = 9_000
_CREATES_ATOMICALLY = {"s3", "s3a", "gs", "gcs", "memory"}
_NOT_SUPPORTED = {"ParamValidationError", "NotImplementedError", "TypeError"}


class FsspecBackend:
    """Objects are keys below `path` of a file system."""

    remote = True

    def __init__(self, root: str, fs: AbstractFileSystem, path: str) -> None:
        self.root, self._fs, self._base = root, fs, path.rstrip("/")
        protocol = fs.protocol
        self._protocols = {protocol} if isinstance(protocol, str) else set(protocol)
        self._whole = _whole_in_one_request(fs)

    def url(self, key: str) -> str:
        return f"{self.root}/{key}"

    def read(self, key: str) -> bytes:
        with self._reading(key):
            data: bytes = self._fs.cat_file(self._path(key), **self._whole)
            return data

    def create(self, key: str, data: bytes) -> None:
        with self._writing(key, FileExistsError):
            self._create(self._path(key), data)

    def _create(self, path: str, data: bytes) -> None:
        try:
            self._fs.pipe_file(path, data, mode="create")
            if self._protocols & _CREATES_ATOMICALLY:
                return
        except FileExistsError:
            pass  # ours, if an answer was lost and the request was sent again
        except Exception as error:
            if type(error).__name__ not in _NOT_SUPPORTED:
                raise
            if self._fs.exists(path):
                raise FileExistsError(path) from error
            self._fs.pipe_file(path, data)
        if self._fs.cat_file(path) != data:
            raise FileExistsError(path)

    def put(self, key: str, data: bytes) -> None:
        with self._writing(key):
            self._fs.pipe_file(self._path(key), data)

    def children(self, key: str) -> list[str]:
        path = self._path(key).rstrip("/")
        self._fs.invalidate_cache()
        try:
            with self._reading(key, NotADirectoryError):
                found = self._fs.ls(path, detail=True)
        except (FileNotFoundError, NotADirectoryError):
            return []
        names = {(str(item["name"]).rstrip("/")[len(path) + 1 :], item["type"] == "directory") for item in found}
        return [f"{name}/" if is_folder else name for name, is_folder in names if name and TEMPORARY not in name]

    def walk(self, key: str) -> Iterator[str]:
        self._fs.invalidate_cache()
        try:
            with self._reading(key):
                found = self._fs.find(self._path(key))
        except FileNotFoundError:
            return
        yield from (str(item)[len(self._base) + 1 :] for item in found if TEMPORARY not in str(item))

    def scratch(self, key: str) -> str:
        """A bucket needs the digest, which is the name, before the first byte: so blobs wait on local disk."""
        with reaching(f"{tempfile.gettempdir()} (TMPDIR)", "written", OSError):
            fd, path = tempfile.mkstemp(prefix="flows-blob-")
        os.close(fd)
        return path

    def adopt(self, path: str, key: str) -> None:
        options: dict[str, Any] = {}
        if self._protocols & {"s3", "s3a"}:
            size = os.path.getsize(path)
            # The defaults hold 500 MB in memory.
            options = {
                "chunksize": max(_PART, size // _MOST_PARTS),
                "max_concurrency": _at_once(size, _PART, 2),
            }
        with self._writing(key):
            self._fs.put_file(path, self._path(key), **options)
        os.unlink(path)

    def open_blob(self, key: str, size_hint: int) -> RemoteBlob:
        return RemoteBlob(self._fs, self._path(key), self.url(key), size_hint)

    def _reading(self, key: str, *answers: type[Exception]) -> AbstractContextManager[None]:
        return _reading(self.url(key), *answers)

    def _writing(self, key: str, *answers: type[Exception]) -> AbstractContextManager[None]:
        return reaching(self.url(key), "written", Exception, *answers)

    def _path(self, key: str) -> str:
        path = f"{self._base}/{key}"
        length = len(path.partition("/")[2].encode())
        if length > _LONGEST_KEY:
            raise StoreError(f"{path[:80]}… has {length} bytes as a key, and buckets allow {_LONGEST_KEY}")
        return path


class RemoteBlob:
    """A blob read by ranges: whole at once while it is small, in windows of several ranges otherwise."""

    def __init__(self, fs: AbstractFileSystem, path: str, url: str, size_hint: int) -> None:
        self._fs, self._path, self.url = fs, path, url
        self._start, self._window = 0, memoryview(b"")
        with _reading(url):
            if size_hint <= _SMALL:
                self._window = _writable(fs.cat_file(path, **_whole_in_one_request(fs)))
                self.size = len(self._window)
            else:
                self.size = int(fs.info(path)["size"])

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
            end = min(start + _RANGE, length)
            with _reading(self.url):
                target[start:end] = self._fs.cat_file(self._path, start=offset + start, end=offset + end)

        starts = range(0, length, _RANGE)
        if len(starts) == 1:
            one(0)
        elif length:
            with ThreadPoolExecutor(_at_once(length, _RANGE, 4)) as pool:
                list(pool.map(one, starts))
        return target


def _reading(url: str, *answers: type[Exception]) -> AbstractContextManager[None]:
    """File systems of buckets have errors of their own."""
    return reaching(url, "read", Exception, FileNotFoundError, *answers)


def _at_once(size: int, part: int, least: int) -> int:
    """Return how many parts may be under way, so that they stay far below a tenth of the whole."""
    return min(16, max(least, size // (20 * part)))


def _whole_in_one_request(fs: AbstractFileSystem) -> dict[str, int]:
    """Return what keeps `cat_file` of newer s3fs from asking for the size first."""
    method = getattr(fs, "_cat_file", None)
    accepts = method is not None and "max_concurrency" in inspect.signature(method).parameters
    return {"max_concurrency": 1} if accepts else {}


def _writable(data: bytes) -> memoryview:
    target = fresh(len(data))
    target[:] = data
    return target
