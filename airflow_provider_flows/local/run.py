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
from airflow_provider_flows.errors import FlowsError, UsageError
from airflow_provider_flows.flow.loading import modules_from_elsewhere
from airflow_provider_flows.flow.user import username
from airflow_provider_flows.local.launcher import Launcher, LocalRun
from airflow_provider_flows.local.output import Output
from airflow_provider_flows.local.workers import Workers
from airflow_provider_flows.store import Store
from airflow_provider_flows.task.logs import MAX_LOG_SIZE
from airflow_provider_flows.task.model import Origin
from airflow_provider_flows.task.run_record import describe_run


@dataclass(frozen=True, kw_only=True)
class RunOptions(LaunchOptions):
    """What the command line says about a run; `parameters` by name, which the start step's process converts.

    `namespace` is whose runs the client shows inside of steps, `""` for all; None for the user's own. `max_log_size` is
    in bytes.
    """

    parameters: Mapping[str, Any] = field(default_factory=dict)
    class_name: str | None = None
    tags: tuple[str, ...] = ()
    max_workers: int = 16
    max_num_splits: int = 100
    namespace: str | None = None
    run_id_file: Path | None = None
    datastore_root: str | None = None
    quiet: bool = False
    max_log_size: int = MAX_LOG_SIZE
    origin: Origin | None = None
    honor_retry_delay: bool = False


def run_locally(flow: LaunchedFlow, store: Store, options: RunOptions) -> int:
    """Run the flow; return 0 when it succeeded, and 1 when it failed or was interrupted.

    UsageError, before there is a run, when it cannot be written down.
    """
    run_id = str(time.time_ns() // 1000)
    user = username()
    own = f"user:{user}" if user else None
    namespace = own if options.namespace is None else options.namespace or None
    name = flow.graph.name
    info = describe_run(
        flow.graph,
        user=user,
        namespace=own,
        runtime="local",
        tags=options.tags,
        flow_class=flow.loaded.flow_class,
        configs=flow.configs,
        parameters=options.parameters,
        origin=options.origin,
    )
    _write_down(store, name, run_id, info, options.run_id_file)
    output = Output(flow, store, run_id, options)
    output.header(user)
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
        options.honor_retry_delay,
    )
    workers = Workers(_worker_setting(flow, store, options, run_id, user, namespace))
    try:
        with output as lines:
            succeeded = Launcher(run, workers, lines).run()
    except KeyboardInterrupt:
        return 1
    if not succeeded:
        output.failed()
        return 1
    store.mark_succeeded(name, run_id)
    output.done()
    return 0


def _write_down(store: Store, flow: str, run_id: str, info: Mapping[str, Any], file: Path | None) -> None:
    """Begin the run's record, and say its id; neither, when one of them cannot be done."""
    try:
        if file is not None:
            file.open("a").close()
    except OSError as error:
        raise UsageError(f"--run-id-file {file}: it could not be written: {error.strerror}.") from None
    try:
        store.write_run(flow, run_id, info)
    except FlowsError:
        raise
    except Exception as error:  # buckets have errors of their own
        reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        raise UsageError(
            f"The datastore {store.root} could not be written: {reason}. Choose another one with --datastore-root."
        ) from error
    if file is not None:
        file.write_text(run_id, encoding="utf-8")


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
        "options": options.for_flow_decorators,
        "configs": dict(flow.configs),
        "namespace": namespace,
        "username": user,
        "tags": list(options.tags),
        "steps": sorted(flow.steps),
        "modules": modules_from_elsewhere(flow.loaded.folder),
        "origin": None if options.origin is None else options.origin.run_id,
    }
