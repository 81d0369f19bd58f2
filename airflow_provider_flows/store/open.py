"""The one way to open a store. Any process; a bucket imports fsspec, a folder does not."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Callable
from urllib.parse import urlsplit

from airflow_provider_flows.errors import StoreError
from airflow_provider_flows.store.backend import Backend
from airflow_provider_flows.store.root import resolve_root
from airflow_provider_flows.store.root import signing_key as resolve_key
from airflow_provider_flows.store.store import Store

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

connection_filesystem: Callable[[str], AbstractFileSystem] | None = None
"""Returns the file system of a URL `scheme://conn_id@bucket/…`. Airflow's side of this package sets it, or has a
function of this name in `airflow_provider_flows.operators.storage`, which is imported for the first such URL."""

_CONNECTIONS = "airflow_provider_flows.operators.storage"


def open_store(root: str | None = None, *, signing_key: bytes | str | None = None) -> Store:
    """Open the store at `root`, which `resolve_root` completes; nothing is read or written yet.

    `FLOWS_FSYNC=0` gives up that records outlive a power cut, for tests and throw-away runs.
    """
    found = resolve_root(root)
    return Store(_backend(found), found, resolve_key(signing_key))


def _backend(root: str) -> Backend:
    if "://" not in root:
        from airflow_provider_flows.store.backend_local import LocalBackend

        return LocalBackend(root, fsync=os.environ.get("FLOWS_FSYNC", "1") != "0")
    from airflow_provider_flows.store.backend_fsspec import FsspecBackend

    fs, path = _filesystem(root)
    return FsspecBackend(root, fs, path)


def _filesystem(root: str) -> tuple[AbstractFileSystem, str]:
    scheme, location = root.split("://", 1)
    if "@" in urlsplit(root).netloc:
        fs = _connect(root)
        return fs, fs._strip_protocol(f"{scheme}://{location.partition('@')[2]}")
    try:
        from fsspec.core import url_to_fs

        fs, path = url_to_fs(root, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        raise StoreError(f"{root} cannot be opened: {error}. Install fsspec and its package for {scheme}://") from error
    return fs, path


def _connect(root: str) -> AbstractFileSystem:
    connect = connection_filesystem
    if connect is None:
        try:
            connect = importlib.import_module(_CONNECTIONS).connection_filesystem
        except ImportError as error:
            raise StoreError(
                f"{root} names an Airflow connection, and Airflow cannot be imported here ({error}). "
                "Leave out the part before @ and give credentials in the environment"
            ) from error
    fs: AbstractFileSystem = connect(root)
    return fs
