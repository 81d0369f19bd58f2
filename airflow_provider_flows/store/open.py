"""The one way to open a store. Any process; a bucket imports obstore or fsspec, a folder does not."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Mapping

from airflow_provider_flows.store.backend import Backend
from airflow_provider_flows.store.root import resolve_root
from airflow_provider_flows.store.root import signing_key as resolve_key
from airflow_provider_flows.store.store import Store

Connection = Mapping[str, Any]
"""The fields of an Airflow connection, as plain data."""


@dataclass(frozen=True)
class StoreAccess:
    """All that opens a store, as plain data: where it is, and the secrets that only this process may be able to find.

    `connection` holds the fields of the Airflow connection that the root names; None where whoever opens the store
    looks it up. Secrets go to another process through a pipe that it inherited, never by arguments, environment or
    files.
    """

    root: str
    signing_key: bytes | None = field(default=None, repr=False)
    connection: Connection | None = field(default=None, repr=False)

    def open(self) -> Store:
        """Open the store; nothing is read or written yet."""
        return Store(_backend(self.root, self.connection), self.root, self.signing_key)

    def preload(self) -> None:
        """Import what opens the store, for processes that are forked from this one: none of it may be used before.

        StoreError as for opening it, but not for a package that is missing.
        """
        if "://" in self.root:
            from airflow_provider_flows.store.open_bucket import preload

            preload(self.root, self.connection)


def open_store(root: str | None = None, *, signing_key: bytes | str | None = None) -> Store:
    """Open the store at `root`, which `resolve_root` completes; nothing is read or written yet.

    `FLOWS_FSYNC=0` gives up that records outlive a power cut, for tests and throw-away runs.
    """
    return StoreAccess(resolve_root(root), resolve_key(signing_key)).open()


def _backend(root: str, connection: Connection | None) -> Backend:
    if "://" in root:
        from airflow_provider_flows.store.open_bucket import open_bucket

        return open_bucket(root, connection)
    from airflow_provider_flows.store.backend_local import LocalBackend

    return LocalBackend(root, fsync=os.environ.get("FLOWS_FSYNC", "1") != "0")
