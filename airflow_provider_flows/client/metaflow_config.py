"""Settings that flows import from `metaflow.metaflow_config` and that have an answer here. Any process.

Each is looked up when it is asked for: where the store is may differ between the flows of one process.
"""

from __future__ import annotations

import os
from typing import Callable

from airflow_provider_flows.client.scope import current_root
from airflow_provider_flows.flow.state import VALUE_LENGTH
from airflow_provider_flows.flow.user import username

_SCHEMES = {"s3": "s3", "s3a": "s3", "gs": "gs", "gcs": "gs", "az": "azure", "abfs": "azure", "abfss": "azure"}
"""The kinds of stores that Metaflow tells apart, by the scheme of the root; all others are local to it."""


def _kind() -> str:
    scheme, separator, _ = current_root().partition("://")
    return _SCHEMES.get(scheme, "local") if separator else "local"


def _root_of(kind: str) -> Callable[[], str | None]:
    return lambda: current_root() if _kind() == kind else None


_ANSWERS: dict[str, Callable[[], object]] = {
    "DATASTORE_SYSROOT_AZURE": _root_of("azure"),
    "DATASTORE_SYSROOT_GS": _root_of("gs"),
    "DATASTORE_SYSROOT_LOCAL": _root_of("local"),
    "DATASTORE_SYSROOT_S3": _root_of("s3"),
    "DEFAULT_DATASTORE": _kind,
    "DEFAULT_ENVIRONMENT": lambda: "local",
    "DEFAULT_METADATA": lambda: "local",
    "MAXIMUM_FOREACH_VALUE_CHARS": lambda: VALUE_LENGTH,
    "S3_ENDPOINT_URL": lambda: os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"),
    "SERVICE_URL": lambda: None,
    "USER": username,
}


def __getattr__(name: str) -> object:
    if name not in _ANSWERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _ANSWERS[name]()
