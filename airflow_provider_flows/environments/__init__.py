"""Python environments of single steps: described, resolved and built with uv, cached on the machine. LAUNCH, worker.

`prepare(spec)` is the one way in. Nothing here runs inside of such an environment. Names resolve on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_flows.lazy import lazy_names

if TYPE_CHECKING:
    from airflow_provider_flows.environments.build import prepare
    from airflow_provider_flows.environments.ready import ReadyEnvironment
    from airflow_provider_flows.environments.spec import EnvironmentSpec

__all__ = ["EnvironmentSpec", "ReadyEnvironment", "prepare"]

__getattr__ = lazy_names(__name__, {"EnvironmentSpec": "spec", "ReadyEnvironment": "ready", "prepare": "build"})
