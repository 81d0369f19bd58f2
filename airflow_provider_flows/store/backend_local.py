"""The store in a folder: plain system calls, temporary files in the same folder, fsync, link or rename. Any process."""

from __future__ import annotations

import mmap
import os
import sys
import weakref
from contextlib import AbstractContextManager, contextmanager, suppress
from io import FileIO
from typing import Iterator

from airflow_provider_flows.errors import StoreError
from airflow_provider_flows.files import draft, write_all
from airflow_provider_flows.store.backend import reaching
from airflow_provider_flows.store.layout import TEMPORARY
from airflow_provider_flows.store.memory import fresh

_WORTH_MAPPING = 1 << 20
_MOST_MAPPED = 256
"""Up to Python 3.12 a map holds a file descriptor; past this many, blobs are read instead."""

_mapped = 0


class LocalBackend:
    """Objects are files below `root`."""

    remote = False

    def __init__(self, root: str, *, fsync: bool = True) -> None:
        self.root, self._fsync = root, fsync

    def url(self, key: str) -> str:
        return os.path.join(self.root, key)

    def read(self, key: str) -> bytes:
        with self._reading(key), open(self._path(key), "rb") as file:
            return file.read()

    def create(self, key: str, data: bytes) -> None:
        with self._writing(key, FileExistsError):
            temporary = self._written(key, data)
            try:
                self._link(temporary, self._path(key))
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(temporary)
            self._sync_folder(key)

    def put(self, key: str, data: bytes) -> None:
        with self._writing(key):
            os.replace(self._written(key, data), self._path(key))
            self._sync_folder(key)

    def children(self, key: str) -> list[str]:
        try:
            with self._reading(key, NotADirectoryError), os.scandir(self._path(key)) as entries:
                return [
                    f"{entry.name}/" if entry.is_dir() else entry.name
                    for entry in entries
                    if TEMPORARY not in entry.name
                ]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def walk(self, key: str) -> Iterator[str]:
        for folder, _, names in os.walk(self._path(key), onerror=_unless_it_is_gone):
            below = os.path.relpath(folder, self.root).replace(os.sep, "/")
            yield from (f"{below}/{name}" for name in names if TEMPORARY not in name)

    def scratch(self, key: str) -> str:
        folder = self._path(key)
        with self._writing(key):
            self._make_folder(folder)
        return self._temporary(folder)

    def adopt(self, path: str, key: str) -> None:
        target = self._path(key)
        with self._writing(key):
            self._sync(path)
            self._make_folder(os.path.dirname(target))
            os.replace(path, target)
            self._sync_folder(key)

    def open_blob(self, key: str, size_hint: int) -> LocalBlob:
        with self._reading(key):
            return LocalBlob(self._path(key))

    def _reading(self, key: str, *answers: type[Exception]) -> AbstractContextManager[None]:
        return reaching(self.url(key), "read", OSError, FileNotFoundError, *answers)

    def _writing(self, key: str, *answers: type[Exception]) -> AbstractContextManager[None]:
        return reaching(self.url(key), "written", OSError, *answers)

    def _path(self, key: str) -> str:
        long = next((part for part in key.split("/") if len(part) > 255), None)
        if long:
            raise StoreError(f"{long[:60]}… has {len(long)} bytes as a file name, and file systems allow 255")
        return os.path.join(self.root, *key.split("/"))

    def _temporary(self, folder: str) -> str:
        """Return the path of an unfinished file; its name is short, since the final one may be as long as any can."""
        return os.path.join(folder, f"{TEMPORARY}{os.getpid()}.{os.urandom(6).hex()}")

    def _written(self, key: str, data: bytes) -> str:
        temporary = self._temporary(os.path.dirname(self._path(key)))
        try:
            self._write(temporary, data)
        except FileNotFoundError:
            self._make_folder(os.path.dirname(temporary))
            self._write(temporary, data)
        return temporary

    def _write(self, path: str, data: bytes) -> None:
        with draft(path, sync=self._fsync) as descriptor:
            write_all(descriptor, data)

    def _link(self, temporary: str, target: str) -> None:
        try:
            os.link(temporary, target)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            with _locked(os.path.dirname(target)):
                if os.path.exists(target):
                    raise FileExistsError(target) from None
                os.rename(temporary, target)

    def _sync(self, path: str) -> None:
        if self._fsync:
            fd = os.open(path, os.O_RDONLY)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)

    def _make_folder(self, path: str) -> None:
        """Make a folder and those above it; each is synced into the one above, or a power cut could lose it."""
        if os.path.isdir(path):
            return
        above = os.path.dirname(path)
        self._make_folder(above)
        with suppress(FileExistsError):
            os.mkdir(path)
        self._sync(above)

    def _sync_folder(self, key: str) -> None:
        self._sync(os.path.dirname(self._path(key)))


def _unless_it_is_gone(error: OSError) -> None:
    """Raise StoreUnavailable: a folder that cannot be read is not an empty one."""
    if not isinstance(error, (FileNotFoundError, NotADirectoryError)):
        with reaching(str(error.filename), "read", OSError):
            raise error


@contextmanager
def _locked(folder: str) -> Iterator[None]:
    """Hold the folder's lock, which the kernel gives back when its holder is killed."""
    import fcntl  # only POSIX has it, and only the rare fallback needs it

    fd = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


class LocalBlob:
    """A blob mapped copy-on-write: the pages are the file's until somebody writes to them."""

    def __init__(self, path: str) -> None:
        self.url = path
        with open(path, "rb", buffering=0) as file:
            self.size = os.fstat(file.fileno()).st_size
            self._map = _try_map(file.fileno()) if self.size >= _WORTH_MAPPING else None
            if self._map is None:
                self._memory = fresh(self.size)
                self._fill(file)
            else:
                self._memory = memoryview(self._map)

    def view(self, offset: int, length: int) -> memoryview:
        return self._memory[offset : offset + length]

    def release(self, offset: int, length: int) -> None:
        """Give whole pages back to the page cache, so that a long pickle is not in memory beside its object."""
        start = -(-offset // mmap.PAGESIZE) * mmap.PAGESIZE
        length = (offset + length - start) // mmap.PAGESIZE * mmap.PAGESIZE
        if self._map is not None and length > 0 and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED, start, length)

    def _fill(self, file: FileIO) -> None:
        done = 0
        while done < self.size:
            count = file.readinto(self._memory[done:])
            if not count:
                raise StoreError(f"{self.url} became shorter while it was read")
            done += count


def _try_map(fd: int) -> mmap.mmap | None:
    global _mapped
    try:
        if sys.version_info >= (3, 13):
            return mmap.mmap(fd, 0, access=mmap.ACCESS_COPY, trackfd=False)
        if _mapped >= _MOST_MAPPED:
            return None
        pages = mmap.mmap(fd, 0, access=mmap.ACCESS_COPY)
    except OSError:
        return None
    _mapped += 1
    weakref.finalize(pages, _unmapped)
    return pages


def _unmapped() -> None:
    global _mapped
    _mapped -= 1
