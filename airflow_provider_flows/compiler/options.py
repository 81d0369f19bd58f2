"""What `flows-compile` was asked for, as data. LAUNCH phase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airflow_provider_flows.packaging.options import PackageOptions
from airflow_provider_flows.setup.launch import LaunchOptions


@dataclass(frozen=True)
class CompileOptions:
    """A flow file and all that the command line says about its deployment; None means: not said."""

    file: Path
    launch: LaunchOptions = field(default_factory=LaunchOptions)
    """What concerns the flow itself, however it is launched."""
    class_name: str | None = None
    dag_id: str | None = None
    schedule: str | None = None
    start_date: str | None = None
    catchup: bool = False
    tags: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    max_active_runs: int | None = None
    max_workers: int | None = None
    pool: str | None = None
    queue: str | None = None
    kubernetes_executor: str | None = None
    """The executor of steps with @kubernetes, where a deployment has several."""
    task_args: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    package: PackageOptions = field(default_factory=PackageOptions)
    lock_for: str | None = None
    """The platform and Python, `linux-x86_64/3.12`, for which steps' packages are resolved now; None for later."""
    datastore_root: str | None = None
