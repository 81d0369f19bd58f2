"""Requests to a bucket through fsspec, for any scheme that a package of its family knows. Any process."""

from __future__ import annotations

import inspect
import os
from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator, TypeVar

from airflow_provider_flows.store.backend_bucket import at_once
from airflow_provider_flows.store.bucket_errors import status_of

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

Result = TypeVar("Result")

_PART = 5 << 20
_MOST_PARTS = 9_000
_S3 = {"s3", "s3a"}
_CREATES_ONCE = {*_S3, "gs", "gcs", "abfs", "az", "abfss", "memory"}
"""fsspec itself looks whether an object is there, and then writes it; the packages for these ask the server."""
_PRECONDITION_FAILED = 412
_NOT_SUPPORTED = {"ParamValidationError", "NotImplementedError", "TypeError"}


class FsspecClient:
    """Objects are keys below `path` of a file system."""

    def __init__(self, fs: AbstractFileSystem, path: str) -> None:
        self._fs, self._base = fs, path.rstrip("/")
        self._protocols = {fs.protocol} if isinstance(fs.protocol, str) else set(fs.protocol)
        self._whole = _whole_in_one_request(fs)
        self.creates_once = bool(self._protocols & _CREATES_ONCE)
        self.prefix = f"{self._base.partition('/')[2]}/"

    def ask(self, request: Callable[[FsspecClient], Result]) -> Result:
        return request(self)

    def get(self, key: str) -> bytes:
        data: bytes = self._fs.cat_file(self._path(key), **self._whole)
        return data

    def get_range(self, key: str, start: int, target: memoryview) -> None:
        target[:] = self._fs.cat_file(self._path(key), start=start, end=start + len(target))

    def size(self, key: str) -> int:
        return int(self._fs.info(self._path(key))["size"])

    def create(self, key: str, data: bytes) -> None:
        path = self._path(key)
        try:
            self._fs.pipe_file(path, data, mode="create")
        except Exception as error:
            if status_of(error) == _PRECONDITION_FAILED:  # s3fs knows only what Amazon's own server says beside it
                raise FileExistsError(path) from error
            if type(error).__name__ not in _NOT_SUPPORTED:
                raise
            self.creates_once = False  # an older package
            if self._fs.exists(path):
                raise FileExistsError(path) from error
            self._fs.pipe_file(path, data)

    def put(self, key: str, data: bytes) -> None:
        self._fs.pipe_file(self._path(key), data)

    def upload(self, path: str, key: str) -> None:
        options: dict[str, Any] = {}
        if self._protocols & _S3:
            size = os.path.getsize(path)
            # The defaults hold 500 MB in memory.
            options = {"chunksize": max(_PART, size // _MOST_PARTS), "max_concurrency": at_once(size, _PART, 2)}
        self._fs.put_file(path, self._path(key), **options)

    def names(self, key: str) -> Iterable[str]:
        path = self._path(key).rstrip("/")
        self._fs.invalidate_cache()
        found = self._fs.ls(path, detail=True)
        names = {(str(item["name"]).rstrip("/")[len(path) + 1 :], item["type"] == "directory") for item in found}
        return [f"{name}/" if is_folder else name for name, is_folder in names if name]

    def keys(self, key: str) -> Iterator[str]:
        self._fs.invalidate_cache()
        return (str(item)[len(self._base) + 1 :] for item in self._fs.find(self._path(key)))

    def _path(self, key: str) -> str:
        return f"{self._base}/{key}"


def _whole_in_one_request(fs: AbstractFileSystem) -> dict[str, int]:
    """Return what keeps `cat_file` of newer s3fs from asking for the size first."""
    method = getattr(fs, "_cat_file", None)
    accepts = method is not None and "max_concurrency" in inspect.signature(method).parameters
    return {"max_concurrency": 1} if accepts else {}
