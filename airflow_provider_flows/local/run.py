"""A local run from its options to its exit code. LAUNCH phase."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airflow_provider_flows.context import entered
from airflow_provider_flows.decorators.launch import LaunchedFlow, LaunchOptions
from airflow_provider_flows.decorators.setup import package_decorators
from airflow_provider_flows.flow.user import username
from airflow_provider_flows.local.launcher import Launcher, LocalRun
from airflow_provider_flows.local.output import Lines
from airflow_provider_flows.local.workers import Workers
from airflow_provider_flows.store import Store
from airflow_provider_flows.task.logs import MAX_LOG_SIZE
from airflow_provider_flows.task.model import Origin
from airflow_provider_flows.task.run_record import describe_run


@dataclass(frozen=True)
class RunOptions:
    """What the command line says about a run; `parameters` by name, which the start step's process converts."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    class_name: str | None = None
    decorators: tuple[str, ...] = ()
    config_paths: Mapping[str, str] = field(default_factory=dict)
    config_values: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    max_workers: int = 16
    max_num_splits: int = 100
    namespace: str | None = None
    run_id_file: Path | None = None
    datastore_root: str | None = None
    branch: str | None = None
    production: bool = False
    quiet: bool = False
    max_log_size: int = MAX_LOG_SIZE
    origin: Origin | None = None

    @property
    def launch(self) -> LaunchOptions:
        """What concerns the flow itself, whoever launches it."""
        return LaunchOptions(self.decorators, self.config_paths, self.config_values, self.branch, self.production)


def run_locally(flow: LaunchedFlow, store: Store, options: RunOptions) -> int:
    """Run the flow; return 0 when it succeeded and 1 when it failed."""
    run_id = str(time.time_ns() // 1000)
    user = username()
    namespace = options.namespace or (f"user:{user}" if user else None)
    name = flow.graph.name
    info = describe_run(
        flow.graph,
        user=user,
        namespace=namespace,
        runtime="local",
        tags=options.tags,
        flow_class=flow.loaded.flow_class,
        configs=flow.configs,
        parameters=options.parameters,
        origin=options.origin,
    )
    store.write_run(name, run_id, info)
    if options.run_id_file is not None:
        options.run_id_file.write_text(run_id, encoding="utf-8")
    lines = Lines(run_id, options.quiet)
    lines.system(f"Workflow starting (run-id {run_id}), artifacts go to {store.root}:")
    with entered(flow.context):
        for decorator in package_decorators(flow.loaded.flow_class, flow.context):
            decorator.add_to_package()  # nothing is packaged for this machine; the hook is called all the same
    run = LocalRun(
        flow.graph,
        flow.steps,
        flow.context,
        store,
        run_id,
        options.parameters,
        options.max_workers,
        options.max_num_splits,
        options.max_log_size,
        options.origin,
    )
    workers = Workers(_worker_setting(flow, store, options, run_id, user, namespace))
    if not Launcher(run, workers, lines).run():
        return 1
    store.mark_succeeded(name, run_id)
    lines.system("Done!")
    return 0


def _worker_setting(
    flow: LaunchedFlow, store: Store, options: RunOptions, run_id: str, user: str | None, namespace: str | None
) -> dict[str, Any]:
    """Return what a worker process needs to set the same flow up in the TASK phase, as JSON."""
    return {
        "file": str(flow.loaded.file),
        "class": flow.graph.name,
        "root": store.root,
        "run_id": run_id,
        "decorators": list(flow.specs),
        "options": options.launch.for_flow_decorators,
        "configs": dict(flow.configs),
        "namespace": namespace,
        "username": user,
        "tags": list(options.tags),
        "steps": sorted(flow.steps),
        "origin": None if options.origin is None else options.origin.run_id,
    }
