"""Python environments of single steps: described, resolved and built with uv, cached on the machine. LAUNCH, worker.

`prepare(spec)` is the one way in. Nothing here runs inside of such an environment.
"""

from __future__ import annotations

from airflow_provider_flows.environments.prepare import prepare
from airflow_provider_flows.environments.ready import ReadyEnvironment
from airflow_provider_flows.environments.spec import EnvironmentSpec

__all__ = ["EnvironmentSpec", "ReadyEnvironment", "prepare"]
