"""Set up a compiled flow in the worker: store, code that the run is pinned to, graph, decorators. TASK phase."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from airflow_provider_flows.errors import CodeMismatch, InputsMissing, UsageError
from airflow_provider_flows.facade import metaflow_names
from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.identity import code_digest
from airflow_provider_flows.operators.code import code_folder
from airflow_provider_flows.operators.compat import conf
from airflow_provider_flows.operators.compiled import CompiledFlow
from airflow_provider_flows.operators.origin import RERUN, find_origin, pinned_origin
from airflow_provider_flows.operators.run import (
    Deployed,
    describe_dag_run,
    require_own,
    run_name,
    triggered_by,
)
from airflow_provider_flows.store import Store, StoreAccess
from airflow_provider_flows.task.model import AIRFLOW_MAP_INDEX, AIRFLOW_TASK
from airflow_provider_flows.task.runtime import FlowRuntime, set_up


@contextlib.contextmanager
def worker_runtime(
    flow: CompiledFlow,
    access: StoreAccess,
    context: Mapping[str, Any],
    *,
    first_step: bool = False,
    afresh: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Iterator[FlowRuntime]:
    """Yield the runtime of this task's run, with the environment and the names that its code expects.

    The first step pins the run to the DAG file's code when it runs `afresh`, not as a retry; everything after it runs
    that code, also when the DAG file was replaced meanwhile.
    """
    with _environment(environment or {}), metaflow_names():
        store = access.open()
        run = run_name(flow.name, context)
        known = store.read_run(flow.name, run)
        require_own(known, run, context)
        pinned = None if first_step and afresh else known
        origin = find_origin(store, flow.name, context) if pinned is None else pinned_origin(pinned)
        own = flow.sources()
        here = Deployed.of(flow, code_digest(own))  # not the digest written there: the file may have been edited
        deployed = Deployed(**pinned["deployed"]) if pinned and "deployed" in pinned else here
        sources = own if deployed.code == here.code else _kept_code(store, flow.name, deployed.code)
        folder = code_folder(deployed.code, sources)
        loaded = load_flow(folder / deployed.entry, flow.name, [folder / path for path in deployed.paths])
        runtime = set_up(
            loaded,
            store,
            run,
            specs=tuple(deployed.decorators),
            options=deployed.options,
            configs=deployed.configs,
            code=deployed.code,
            metadata=_metadata(context),
            tags=flow.tags,
            username=pinned.get("user") if pinned else triggered_by(context),
            namespace=f"production:{context['ti'].dag_id}",
            file_roots=(folder, *include_file_roots()),
            origin=origin,
        )
        _require_resumable(runtime)
        if first_step and pinned is None:
            store.put_code(flow.name, deployed.code, sources)
            # A run that is cleared has a record already, and users may have tagged it.
            store.update_run(
                flow.name, run, lambda before: describe_dag_run(runtime, deployed, context, before.get("tags", ()))
            )
            store.mark_started(flow.name, run)
        yield runtime


def include_file_roots() -> list[Path]:
    """Return the folders of `[flows] include_file_roots`; UsageError for one that is no absolute path."""
    text = conf.get("flows", "include_file_roots", fallback="") or ""
    roots = [Path(part.strip()).expanduser() for part in text.split(",") if part.strip()]
    for root in roots:
        if not root.is_absolute():
            raise UsageError(f"[flows] include_file_roots has {str(root)!r}: write it as an absolute path.")
    return roots


def require_step(runtime: FlowRuntime, step: str, flow: CompiledFlow) -> None:
    """CodeMismatch when the run's code has no such step: the DAG was changed since the run began."""
    if step not in runtime.graph:
        raise CodeMismatch(
            f"This run started with the code {runtime.code}, which has no step {step!r}; the DAG file now holds "
            f"{flow.digest}. Clear the run from its first task to run the new code, or trigger a new run."
        )


def _require_resumable(runtime: FlowRuntime) -> None:
    """InputsMissing unless the steps that a resumed run should run again are there."""
    unknown = sorted(runtime.origin.rerun - set(runtime.graph.topological)) if runtime.origin else []
    if unknown:
        raise InputsMissing(
            f"The run was triggered with {RERUN} {unknown[0]!r}, and {runtime.name} has no such step. "
            f"It has: {', '.join(runtime.graph.topological)}."
        )


def _kept_code(store: Store, flow: str, digest: str) -> Mapping[str, str | bytes]:
    """Return the sources that a run was started with; CodeMismatch when they are not what their digest says."""
    sources = store.get_code(flow, digest)
    if code_digest(sources) != digest:
        raise CodeMismatch(f"The sources kept under {digest} are others. Clear the run from its first task.")
    return sources


def _metadata(context: Mapping[str, Any]) -> dict[str, str]:
    ti = context["ti"]
    found = {
        "airflow_dag_id": ti.dag_id,
        "airflow_run_id": ti.run_id,
        AIRFLOW_TASK: ti.task_id,
        AIRFLOW_MAP_INDEX: ti.map_index,
        "airflow_try_number": ti.try_number,
        "hostname": getattr(ti, "hostname", None),
    }
    return {name: str(value) for name, value in found.items() if value is not None}


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables while the block runs: `dag.test()` runs many tasks in one process."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
