"""The client: what runs left in the store, as objects. Any process, a notebook first of all; read only but for tags.

Names resolve on first use, so importing this package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_flows.lazy import lazy_names

if TYPE_CHECKING:
    from airflow_provider_flows.client.artifact import DataArtifact
    from airflow_provider_flows.client.cards import get_cards
    from airflow_provider_flows.client.flow import Flow, Metaflow
    from airflow_provider_flows.client.namespaces import default_namespace, get_namespace, namespace
    from airflow_provider_flows.client.run import Run
    from airflow_provider_flows.client.scope import use_store
    from airflow_provider_flows.client.step import Step
    from airflow_provider_flows.client.task import Task

__all__ = [
    "DataArtifact",
    "Flow",
    "Metaflow",
    "Run",
    "Step",
    "Task",
    "default_namespace",
    "get_cards",
    "get_namespace",
    "namespace",
    "use_store",
]

_HOMES = {
    "DataArtifact": "artifact",
    "Flow": "flow",
    "Metaflow": "flow",
    "Run": "run",
    "Step": "step",
    "Task": "task",
    "default_namespace": "namespaces",
    "get_cards": "cards",
    "get_namespace": "namespaces",
    "namespace": "namespaces",
    "use_store": "scope",
}

__getattr__ = lazy_names(__name__, _HOMES)
