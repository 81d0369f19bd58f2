"""The artifact store: what an attempt leaves behind, on local disk or in a bucket. Any phase, any process.

Names resolve on first use, so importing this package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_provider_flows.store.log_format import LogLine
    from airflow_provider_flows.store.open import StoreAccess, open_store
    from airflow_provider_flows.store.record import ArtifactRef, AttemptRecord, ParentRef
    from airflow_provider_flows.store.root import resolve_root
    from airflow_provider_flows.store.store import Store

__all__ = ["ArtifactRef", "AttemptRecord", "LogLine", "ParentRef", "Store", "StoreAccess", "open_store", "resolve_root"]

_HOMES = {
    "ArtifactRef": "record",
    "AttemptRecord": "record",
    "LogLine": "logs",
    "ParentRef": "record",
    "Store": "store",
    "StoreAccess": "open",
    "open_store": "open",
    "resolve_root": "root",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
