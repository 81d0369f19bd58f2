"""The artifact store: what an attempt leaves behind, on local disk or in a bucket. Any phase, any process.

Names resolve on first use, so importing this package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_flows.lazy import lazy_names

if TYPE_CHECKING:
    from airflow_provider_flows.store.card import CardRecord
    from airflow_provider_flows.store.log_format import LogLine
    from airflow_provider_flows.store.open import StoreAccess, open_store
    from airflow_provider_flows.store.record import ArtifactRef, AttemptRecord, ParentRef
    from airflow_provider_flows.store.root import resolve_root
    from airflow_provider_flows.store.store import Store

__all__ = [
    "ArtifactRef",
    "AttemptRecord",
    "CardRecord",
    "LogLine",
    "ParentRef",
    "Store",
    "StoreAccess",
    "open_store",
    "resolve_root",
]

_HOMES = {
    "ArtifactRef": "record",
    "AttemptRecord": "record",
    "CardRecord": "card",
    "LogLine": "log_format",
    "ParentRef": "record",
    "Store": "store",
    "StoreAccess": "open",
    "open_store": "open",
    "resolve_root": "root",
}

__getattr__ = lazy_names(__name__, _HOMES)
