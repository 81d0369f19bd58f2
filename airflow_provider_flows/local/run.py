"""A local run from its options to its exit code. LAUNCH phase."""

from __future__ import annotations

import getpass
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airflow_provider_flows.context import ExecutionPhase, SystemContext
from airflow_provider_flows.decorators.setup import set_up_decorators
from airflow_provider_flows.decorators.specs import given_specs
from airflow_provider_flows.flow.config import read_configs
from airflow_provider_flows.flow.flowspec import steps_of
from airflow_provider_flows.flow.loading import LoadedFlow
from airflow_provider_flows.graph.model import FlowGraph
from airflow_provider_flows.graph.parse import build_graph
from airflow_provider_flows.graph.rules import require_valid
from airflow_provider_flows.local.launcher import Launcher, LocalRun
from airflow_provider_flows.local.output import Lines
from airflow_provider_flows.local.workers import Workers
from airflow_provider_flows.store import Store, open_store


@dataclass(frozen=True)
class RunOptions:
    """What the command line says about a run; `parameters` by name, converted already."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
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

    @property
    def for_flow_decorators(self) -> dict[str, Any]:
        return {"branch": self.branch, "production": self.production}


@dataclass(frozen=True)
class Prepared:
    """A checked flow with its decorators initialised in the launcher's process."""

    loaded: LoadedFlow
    graph: FlowGraph
    context: SystemContext
    store: Store
    configs: Mapping[str, Any]
    specs: tuple[str, ...]


def prepare(loaded: LoadedFlow, options: RunOptions) -> Prepared:
    """Check the flow and initialise its decorators; InvalidFlow names all that is wrong, before anything runs."""
    graph = build_graph(loaded.flow_class)
    require_valid(graph)
    configs = read_configs(loaded.flow_class, loaded.folder, options.config_paths, options.config_values)
    specs = given_specs(options.decorators)
    store = open_store(options.datastore_root)
    context = set_up_decorators(
        loaded.flow_class,
        graph,
        ExecutionPhase.LAUNCH,
        specs,
        options.for_flow_decorators,
        configs,
        environment="local",
        flow_datastore=store,
    )
    return Prepared(loaded, graph, context, store, configs, specs)


def run_locally(prepared: Prepared, options: RunOptions) -> int:
    """Run the flow; return 0 when it succeeded and 1 when it failed."""
    run_id = str(time.time_ns() // 1000)
    user = _user()
    namespace = options.namespace or (f"user:{user}" if user else None)
    name, store = prepared.graph.name, prepared.store
    store.write_run(name, run_id, _run_info(prepared, options, user, namespace))
    if options.run_id_file is not None:
        options.run_id_file.write_text(run_id, encoding="utf-8")
    lines = Lines(run_id, options.quiet)
    lines.system(f"Workflow starting (run-id {run_id}):")
    steps = {step.name: step for step in steps_of(prepared.loaded.flow_class)}
    run = LocalRun(
        prepared.graph,
        steps,
        prepared.context,
        store,
        run_id,
        options.parameters,
        options.max_workers,
        options.max_num_splits,
    )
    workers = Workers(_worker_setting(prepared, options, run_id, user, namespace))
    if not Launcher(run, workers, lines).run():
        return 1
    store.mark_succeeded(name, run_id)
    lines.system("Done!")
    return 0


def _worker_setting(
    prepared: Prepared, options: RunOptions, run_id: str, user: str | None, namespace: str | None
) -> dict[str, Any]:
    """Return what a worker process needs to set the same flow up in the TASK phase, as JSON."""
    return {
        "file": str(prepared.loaded.file),
        "class": prepared.graph.name,
        "root": prepared.store.root,
        "run_id": run_id,
        "decorators": list(prepared.specs),
        "options": options.for_flow_decorators,
        "configs": dict(prepared.configs),
        "namespace": namespace,
        "username": user,
        "tags": list(options.tags),
    }


def _run_info(prepared: Prepared, options: RunOptions, user: str | None, namespace: str | None) -> dict[str, Any]:
    return {
        "started_at": time.time(),
        "start_step": prepared.graph.start_step,
        "end_step": prepared.graph.end_step,
        "graph": prepared.graph.graph_info(),
        "user": user,
        "tags": list(options.tags),
        "system_tags": [tag for tag in (namespace, "runtime:local") if tag],
    }


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None
