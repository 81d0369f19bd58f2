"""`import metaflow` answers with this package. All phases, while a flow file is loaded and run.

The CLI, the compiler and the operator use `metaflow_names()`; `install()` does the same for good.
"""

from __future__ import annotations

from airflow_provider_flows.facade import install, metaflow_names
from airflow_provider_flows.facade.names import PAGE

__all__ = ["PAGE", "install", "metaflow_names"]
