"""The one way to open a store. Any process; a bucket imports fsspec, a folder does not."""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Mapping
from urllib.parse import urlsplit

from airflow_provider_flows.errors import StoreError
from airflow_provider_flows.store.backend import Backend
from airflow_provider_flows.store.root import resolve_root
from airflow_provider_flows.store.root import signing_key as resolve_key
from airflow_provider_flows.store.store import Store

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

Connection = Mapping[str, Any]
"""The fields of an Airflow connection, as plain data."""

_CONNECTIONS = "airflow_provider_flows.operators.storage"
"""Airflow's side of this package, imported for the first root that names a connection."""


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


def open_store(root: str | None = None, *, signing_key: bytes | str | None = None) -> Store:
    """Open the store at `root`, which `resolve_root` completes; nothing is read or written yet.

    `FLOWS_FSYNC=0` gives up that records outlive a power cut, for tests and throw-away runs.
    """
    return StoreAccess(resolve_root(root), resolve_key(signing_key)).open()


def connection_id(root: str) -> str | None:
    """Return the id of the Airflow connection that a root names, None when there is nothing before an @."""
    name, at, _ = urlsplit(root).netloc.rpartition("@")
    return name if at else None


def _backend(root: str, connection: Connection | None) -> Backend:
    if "://" not in root:
        from airflow_provider_flows.store.backend_local import LocalBackend

        return LocalBackend(root, fsync=os.environ.get("FLOWS_FSYNC", "1") != "0")
    from airflow_provider_flows.store.backend_fsspec import FsspecBackend

    fs, path = _filesystem(root, connection)
    return FsspecBackend(root, fs, path)


def _filesystem(root: str, connection: Connection | None) -> tuple[AbstractFileSystem, str]:
    scheme, location = root.split("://", 1)
    name = connection_id(root)
    if name is not None:
        fs = _connect(root, connection)
        return fs, fs._strip_protocol(f"{scheme}://{location[len(name) + 1 :]}")
    try:
        from fsspec.core import url_to_fs

        fs, path = url_to_fs(root, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        raise StoreError(f"{root} cannot be opened: {error}. Install fsspec and its package for {scheme}://") from error
    return fs, path


def _connect(root: str, connection: Connection | None) -> AbstractFileSystem:
    try:
        storage = importlib.import_module(_CONNECTIONS)
    except ImportError as error:
        raise StoreError(
            f"{root} names an Airflow connection, and Airflow cannot be imported here ({error}). "
            "Leave out the part before @ and give credentials in the environment"
        ) from error
    fs: AbstractFileSystem = storage.connection_filesystem(root, connection)
    return fs
