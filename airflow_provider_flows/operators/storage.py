"""Buckets through Airflow's connections: `s3://conn_id@bucket/prefix`. Any process that has Airflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


def connection_filesystem(url: str) -> AbstractFileSystem:
    """Return the file system of a URL that names a connection; the scheme's provider must be installed."""
    from airflow.sdk import ObjectStoragePath  # the store asks for this module by name, and only for such URLs

    return ObjectStoragePath(url).fs
