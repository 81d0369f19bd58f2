"""A local run from its options to its exit code. LAUNCH phase."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from airflow_provider_flows.context import entered
from airflow_provider_flows.decorators.launch import LaunchedFlow
from airflow_provider_flows.decorators.setup import package_decorators
from airflow_provider_flows.errors import FlowsError, UsageError
from airflow_provider_flows.flow.loading import modules_from_elsewhere
from airflow_provider_flows.flow.user import username
from airflow_provider_flows.graph.shape import shape_of
from airflow_provider_flows.local.launcher import Launcher
from airflow_provider_flows.local.limits import make_room
from airflow_provider_flows.local.model import LocalRun, RunOptions
from airflow_provider_flows.local.output import Output
from airflow_provider_flows.local.workers import Workers
from airflow_provider_flows.packaging.package import Unpacked
from airflow_provider_flows.store import Store
from airflow_provider_flows.task.run_record import describe_run


def run_locally(flow: LaunchedFlow, store: Store, options: RunOptions, unpacked: Unpacked | None = None) -> int:
    """Run the flow; return 0 when it succeeded, and 1 when it failed or was interrupted.

    Where the flow was loaded from an `unpacked` package, steps import no local code but what is in there. UsageError,
    before there is a run, when it cannot be written down, or the machine does not let so many tasks run.
    """
    user = username()
    make_room(options.max_workers)
    record = {**_described(flow, options, user), **_code(flow, options, unpacked)}
    run_id = _begin(flow.graph.name, store, record, options.run_id_file)
    run = LocalRun(flow.graph, flow.steps, flow.context, store, run_id, options)
    output = Output(flow, store, run.run_id, options, unpacked)
    output.header(user)
    if unpacked is None:
        _call_package_hooks(flow)
    else:
        store.put_code(flow.graph.name, unpacked.package.digest, unpacked.package.files)
    return _run(run, Workers(_worker_setting(flow, run, user, unpacked)), output)


def _run(run: LocalRun, workers: Workers, output: Output) -> int:
    try:
        with output as lines:
            succeeded = Launcher(run, workers, lines).run()
    except KeyboardInterrupt:
        return 1
    if not succeeded:
        output.failed()
        return 1
    run.store.mark_succeeded(run.graph.name, run.run_id)
    output.done()
    return 0


def _described(flow: LaunchedFlow, options: RunOptions, user: str | None) -> dict[str, Any]:
    """Return what the run's record says from its beginning."""
    return describe_run(
        flow.graph,
        user=user,
        namespace=_own(user),
        runtime="local",
        tags=options.tags,
        flow_class=flow.loaded.flow_class,
        configs=flow.configs,
        parameters=options.parameters,
        origin=options.origin,
    )


def _code(flow: LaunchedFlow, options: RunOptions, unpacked: Unpacked | None) -> dict[str, Any]:
    """Return what the run's record says of its code, as it does on Airflow; nothing where the run keeps none."""
    if unpacked is None:
        return {}
    package = unpacked.package
    deployed = {
        "code": package.digest,
        "entry": package.entry,
        "paths": list(package.paths),
        "decorators": list(flow.specs),
        "options": options.for_flow_decorators,
        "configs": dict(flow.configs),
    }
    codes = [{"deployed": deployed, "shape": shape_of(flow.graph)}]
    return {"codes": codes, "started_with": 0, "code": package.digest}


def _own(user: str | None) -> str | None:
    """Return the namespace of a user's runs."""
    return f"user:{user}" if user else None


def _call_package_hooks(flow: LaunchedFlow) -> None:
    """Call the hook of decorators that add to a package; nothing is packaged for this machine."""
    with entered(flow.context):
        for decorator in package_decorators(flow.loaded.flow_class, flow.context):
            decorator.add_to_package()


def _begin(flow: str, store: Store, record: Mapping[str, Any], file: Path | None) -> str:
    """Begin the run in the store, say its id in `file` and return it; neither, when one of them cannot be done."""
    try:
        if file is not None:
            file.open("a").close()
    except OSError as error:
        raise UsageError(f"--run-id-file {file}: it could not be written: {error.strerror}.") from None
    try:
        run_id = store.begin_run(flow, record)
    except FlowsError:
        raise
    except Exception as error:  # buckets have errors of their own
        reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        raise UsageError(
            f"The datastore {store.root} could not be written: {reason}. Choose another one with --datastore-root."
        ) from error
    if file is not None:
        file.write_text(run_id, encoding="utf-8")
    return run_id


def _worker_setting(flow: LaunchedFlow, run: LocalRun, user: str | None, unpacked: Unpacked | None) -> dict[str, Any]:
    """Return what a worker process needs to set the same flow up in the TASK phase, as JSON."""
    options = run.options
    return {
        "file": str(flow.loaded.file),
        "paths": [str(path) for path in unpacked.paths] if unpacked else [],
        "only_from": str(unpacked.folder) if unpacked else None,
        "code": unpacked.package.digest if unpacked else None,
        "class": flow.graph.name,
        "root": run.store.root,
        "run_id": run.run_id,
        "decorators": list(flow.specs),
        "options": options.for_flow_decorators,
        "configs": dict(flow.configs),
        "namespace": _own(user) if options.namespace is None else options.namespace or None,
        "username": user,
        "tags": list(options.tags),
        "modules": modules_from_elsewhere(flow.loaded.folder),
        "path": [entry for entry in sys.path if isinstance(entry, str) and entry != str(flow.loaded.folder)],
        "origin": None if options.origin is None else options.origin.run_id,
    }
