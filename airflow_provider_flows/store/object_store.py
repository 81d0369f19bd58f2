"""Opens a bucket with obstore, where that means the same server and the same identity as with fsspec. Any process.

obstore works in threads that no fork survives: a process whose parent used it would wait forever. So it is only used
in the process that began to.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Mapping, Union

from airflow_provider_flows.errors import StoreError, reason_of
from airflow_provider_flows.store import patience
from airflow_provider_flows.store.bucket import Bucket, LeftToFsspec

if TYPE_CHECKING:
    from obstore.store import AzureStore, GCSStore, S3Store

    ObjectStore = Union[S3Store, GCSStore, AzureStore]


@dataclass(frozen=True)
class _Service:
    """One cloud: the class of obstore's, our module that finds who and where, the argument that names the bucket."""

    store: str
    module: str
    protocols: tuple[str, ...]


_S3 = _Service("S3Store", "bucket_s3", ("s3", "s3a"))
_GCS = _Service("GCSStore", "bucket_gcs", ("gs", "gcs"))
_AZURE = _Service("AzureStore", "bucket_azure", ("abfs", "az", "abfss"))
_SERVICES = {protocol: service for service in (_S3, _GCS, _AZURE) for protocol in service.protocols}
PROTOCOLS = frozenset(_SERVICES)

_used_by: int | None = None
"""The process that obstore's threads are in."""


@dataclass(frozen=True)
class Found:
    """All that opens a root with obstore; nothing of obstore's is running yet, so a fork may open it."""

    store: type[Any]
    name: str
    prefix: str
    bucket: Bucket

    def open(self) -> ObjectStore:
        """Return obstore's store of all that lies below the root; nothing is asked of the server yet."""
        global _used_by
        _used_by = os.getpid()
        options: dict[str, Any] = {
            "allow_http": True,  # an endpoint says itself whether it is http or https
            "connect_timeout": timedelta(seconds=patience.CONNECT_SECONDS),
            "read_timeout": timedelta(seconds=patience.ANSWER_SECONDS),
            "timeout": timedelta(seconds=patience.REQUEST_SECONDS),
        }
        if self.bucket.certificates is not None:
            options["root_certificate"] = self.bucket.certificates
        store: ObjectStore = self.store(
            self.name,
            prefix=self.prefix or None,
            config=dict(self.bucket.config),
            client_options=options,
            retry_config=patience.retries_of_obstore(patience.retry_seconds()),
            credential_provider=self.bucket.credentials,
        )
        return store


def open_object_store(root: str, connection: Mapping[str, Any] | None = None) -> ObjectStore | None:
    """Return obstore's store of all that lies below `root`; nothing is asked of the server yet.

    Credentials are those of the environment, as fsspec's package for the scheme finds them, or the fields of the
    Airflow connection that the root names. None where obstore is not installed, does not know the scheme, is not
    configured as fsspec is, or was used in a process above this one: then fsspec opens the root.
    """
    try:
        return find_bucket(root, connection).open()
    except LeftToFsspec:
        return None


def find_bucket(root: str, connection: Mapping[str, Any] | None = None) -> Found:
    """Return what opens `root` with obstore; LeftToFsspec, with the reason, where `open_object_store` returns None."""
    scheme, _, location = root.partition("://")
    service = _SERVICES.get(scheme)
    if service is None:
        raise LeftToFsspec(f"it knows no {scheme}://")
    if was_forked():
        raise LeftToFsspec("it was used in a process that this one was forked from")
    if _is_configured_for_fsspec(service):
        raise LeftToFsspec(f"fsspec's configuration has settings for {scheme}://")
    bucket, prefix = _split(location)
    try:
        from obstore import store as stores  # an extra, and only for roots in a bucket
    except ImportError as error:
        raise LeftToFsspec(f"it cannot be imported ({error}). pip install 'airflow-provider-flows[fast]'") from error
    finder = importlib.import_module(f"{__package__}.{service.module}")
    try:
        found: Bucket = finder.find(connection, _extra(connection))
    except LeftToFsspec:
        raise
    except Exception as error:  # what the cloud's own package raises for a profile or a file that is not right
        raise StoreError(f"{root} cannot be opened: {reason_of(error)}") from error
    return Found(getattr(stores, service.store), bucket, prefix, found)


def was_forked() -> bool:
    """Say whether obstore was used in a process that this one was forked from."""
    return _used_by not in (None, os.getpid())


def _split(location: str) -> tuple[str, str]:
    """Return the bucket, and the prefix in it."""
    bucket, _, prefix = location.rstrip("/").partition("/")
    if prefix and any(part in ("", ".", "..") for part in prefix.split("/")):
        raise LeftToFsspec("it cannot name an empty folder, . or ..")
    return bucket.rpartition("@")[2], prefix


def _extra(connection: Mapping[str, Any] | None) -> Mapping[str, Any]:
    extra = (connection or {}).get("extra") or {}
    return json.loads(extra) if isinstance(extra, str) else extra


def _is_configured_for_fsspec(service: _Service) -> bool:
    """Say whether fsspec has settings of its own for the service, which only its package understands."""
    folder = os.environ.get("FSSPEC_CONFIG_DIR") or os.path.expanduser("~/.config/fsspec")
    hinted = "fsspec" in sys.modules or os.path.isdir(folder) or any(name.startswith("FSSPEC_") for name in os.environ)
    if not hinted:
        return False
    try:
        from fsspec.config import conf  # only where something may be there
    except ImportError:
        return False
    return any(conf.get(protocol) for protocol in service.protocols)
