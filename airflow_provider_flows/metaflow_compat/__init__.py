"""`import metaflow` answers with this package. All phases, while a flow file is loaded and run."""

from __future__ import annotations

from airflow_provider_flows.metaflow_compat.finder import install, metaflow_names

__all__ = ["install", "metaflow_names"]
