"""What the store asks of the place where its bytes are. Any process.

Keys are `/`-separated and relative to the root; `layout` makes them, so no component is empty, `.` or `..`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Callable, Iterator, Protocol

from airflow_provider_flows.errors import StoreError, StoreUnavailable, reason_of
from airflow_provider_flows.store.alarm import is_an_alarm_s
from airflow_provider_flows.store.blob import BlobSource


@contextmanager
def reaching(
    place: str,
    done: str,
    kinds: type[Exception],
    *answers: type[Exception],
    reason: Callable[[Exception], str] = reason_of,
) -> Iterator[None]:
    """Raise StoreUnavailable, that `place` could not be `done`, for errors of `kinds` that are no `answers`.

    An alarm of a step's own may go off meanwhile: what it raises passes.
    """
    passing: tuple[type[Exception], ...] = (StoreError, MemoryError, *answers)
    try:
        yield
    except passing:
        raise
    except kinds as error:
        if is_an_alarm_s(error):
            raise
        raise StoreUnavailable(f"{place} could not be {done}: {reason(error)}") from error


class Backend(Protocol):
    """A folder or a bucket. Objects appear whole or not at all.

    Each method raises StoreUnavailable when the place does not do what is asked.
    """

    remote: bool
    """Whether each call waits for a network: then several at once pay, and so does compression."""

    def url(self, key: str) -> str:
        """Return the object's name as a user would type it."""

    def read(self, key: str) -> bytes:
        """Return a small object whole; FileNotFoundError."""

    def create(self, key: str, data: bytes) -> None:
        """Write an object that must not exist yet, durably; FileExistsError, and then nothing has changed."""

    def put(self, key: str, data: bytes) -> None:
        """Write an object, in place of another one if need be."""

    def children(self, key: str) -> list[str]:
        """Return the names directly below `key`, those of folders with a `/` behind, in no order.

        There are none when there is no such folder.
        """

    def walk(self, key: str) -> Iterator[str]:
        """Yield the keys of all objects below `key`."""

    def scratch(self, key: str) -> str:
        """Return the path of a new, empty local file from which `adopt` is cheap; killed writers may leave it."""

    def adopt(self, path: str, key: str) -> None:
        """Make a finished scratch file the object at `key`, in place of another one if need be."""

    def open_blob(self, key: str, size_hint: int) -> BlobSource:
        """Open a blob for reading; FileNotFoundError."""
