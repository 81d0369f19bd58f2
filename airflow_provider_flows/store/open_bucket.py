"""What opens a bucket: obstore wherever that means the same as fsspec, and fsspec otherwise. Any process."""

from __future__ import annotations

import importlib
import os
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Mapping
from urllib.parse import urlsplit

from airflow_provider_flows.errors import StoreError, UsageError
from airflow_provider_flows.store.backend_bucket import BucketBackend, BucketClient
from airflow_provider_flows.store.bucket import LeftToFsspec
from airflow_provider_flows.store.object_store import PROTOCOLS, find_bucket
from airflow_provider_flows.store.patience import retry_seconds
from airflow_provider_flows.store.root import connection_id
from airflow_provider_flows.store.settings import setting

if TYPE_CHECKING:
    from airflow_provider_flows.store.object_store import Found
    from fsspec import AbstractFileSystem

AUTO, OBSTORE, FSSPEC = "auto", "obstore", "fsspec"
_BACKENDS = (AUTO, OBSTORE, FSSPEC)
_CONNECTIONS = "airflow_provider_flows.operators.storage"
"""Airflow's side of this package, imported for the first root that names a connection."""

Connection = Mapping[str, Any]


def open_bucket(root: str, connection: Connection | None) -> BucketBackend:
    """Return the backend of a root; nothing is asked of the server yet. StoreError, UsageError.

    A connection that the root names is looked up now, unless it is given: whoever is forked from this process cannot.
    """
    asked_by = None
    if connection is None and connection_id(root) is not None:
        connection, asked_by = _airflow(root).find_connection(root), os.getpid()
    chosen = chosen_backend()
    backend = BucketBackend(
        root, lambda: _client(chosen, root, connection, ask_airflow=asked_by == os.getpid()), retry_seconds()
    )
    if urlsplit(root).scheme not in PROTOCOLS:
        _ = backend.client  # whether there is a package for the scheme is said before anything begins
    return backend


def preload(root: str, connection: Connection | None) -> None:
    """Import what opens a root, for processes that are forked from this one; packages that are missing are passed over.

    Nothing of it is used here: no fork survives that.
    """
    try:
        _found(chosen_backend(), root, connection)
    except LeftToFsspec:
        with suppress(ImportError, ValueError):
            from fsspec import get_filesystem_class  # some roots need it, and imports of s3fs and its kin are slow

            get_filesystem_class(urlsplit(root).scheme)


def chosen_backend() -> str:
    """Return the setting `bucket_backend`: `auto`, or what must open every bucket; UsageError."""
    chosen = setting("bucket_backend") or AUTO
    if chosen not in _BACKENDS:
        raise UsageError(f"bucket_backend is {chosen!r}. Choose one of {', '.join(_BACKENDS)}.")
    return chosen


def _client(chosen: str, root: str, connection: Connection | None, *, ask_airflow: bool) -> BucketClient:
    try:
        found = _found(chosen, root, connection)
    except LeftToFsspec as left:
        if chosen == OBSTORE:
            raise StoreError(f"{root} cannot be opened with obstore, as bucket_backend demands: {left}") from left
    else:
        from airflow_provider_flows.store.client_obstore import ObstoreClient

        return ObstoreClient(found.open())
    from airflow_provider_flows.store.client_fsspec import FsspecClient

    return FsspecClient(*_filesystem(root, connection, ask_airflow=ask_airflow))


def _found(chosen: str, root: str, connection: Connection | None) -> Found:
    if chosen == FSSPEC:
        raise LeftToFsspec("bucket_backend is fsspec")
    if connection is not None and find_spec("airflow"):  # else whoever handed it in has asked
        _airflow(root).require_plain(root)
    return find_bucket(root, connection)


def _filesystem(root: str, connection: Connection | None, *, ask_airflow: bool) -> tuple[AbstractFileSystem, str]:
    scheme, location = root.split("://", 1)
    name = connection_id(root)
    if name is not None and connection is not None:
        fs = _airflow(root).connection_filesystem(root, connection, ask_airflow=ask_airflow)
        return fs, fs._strip_protocol(f"{scheme}://{location[len(name) + 1 :]}")
    try:
        from fsspec.core import url_to_fs

        fs, path = url_to_fs(root, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        raise StoreError(f"{root} cannot be opened: {error}. Install fsspec and its package for {scheme}://") from error
    return fs, path


def _airflow(root: str) -> Any:
    """Return Airflow's side, which looks up connections and opens them with their providers."""
    try:
        return importlib.import_module(_CONNECTIONS)
    except ImportError as error:
        raise StoreError(
            f"{root} names an Airflow connection, and Airflow cannot be imported here ({error}). "
            "Leave out the part before @ and give credentials in the environment"
        ) from error
