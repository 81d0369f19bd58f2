"""Importing this makes `import metaflow` mean this package, for good: for notebooks and scripts, in their process.

Whatever loads a flow file uses `metaflow_compat.metaflow_names()`, which lasts as long as the flow is loaded or run.
"""

from __future__ import annotations

from airflow_provider_flows.metaflow_compat import install

install()
