"""A local run from its options to its exit code. LAUNCH phase."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from airflow_provider_flows.context import entered
from airflow_provider_flows.decorators.builtin.compute import ComputeDecorator
from airflow_provider_flows.environments import ReadyEnvironment
from airflow_provider_flows.errors import UsageError, reason_of
from airflow_provider_flows.flow.import_state import modules_from_elsewhere
from airflow_provider_flows.flow.user import username
from airflow_provider_flows.local.launcher import Launcher
from airflow_provider_flows.local.limits import make_room
from airflow_provider_flows.local.local_run import LocalRun, RunOptions
from airflow_provider_flows.local.output import Output
from airflow_provider_flows.local.server_setting import ServerSetting
from airflow_provider_flows.local.step_environments import step_environments
from airflow_provider_flows.local.workers import Workers
from airflow_provider_flows.packaging.package import Unpacked
from airflow_provider_flows.setup.decorators import package_decorators
from airflow_provider_flows.setup.flow_setup import FlowSetup
from airflow_provider_flows.setup.launch import LaunchedFlow
from airflow_provider_flows.setup.origin import EVERY_STEP, Origin
from airflow_provider_flows.store import Store
from airflow_provider_flows.task.codes import Deployed, with_code
from airflow_provider_flows.task.run_record import describe_run


def run_locally(flow: LaunchedFlow, store: Store, options: RunOptions, unpacked: Unpacked | None = None) -> int:
    """Run the flow; return 0 when it succeeded, and 1 when it failed, was interrupted or could not go on.

    Where the flow was loaded from an `unpacked` package, steps import no local code but what is in there. What is
    raised is raised before there is a run: StoreUnavailable when it cannot be written down, UsageError when the machine
    does not let so many tasks run, or the file for its id cannot be written.
    """
    user = username()
    make_room(options.max_workers)
    if unpacked is None:
        _call_package_hooks(flow)
    environments = _prepared(flow, lambda text: options.quiet or print(text, file=sys.stderr))
    with _writable(options.run_id_file):
        if unpacked is not None:
            store.put_code(flow.graph.name, unpacked.package.digest, unpacked.package.files)
        record = {**_described(flow, options, user), **_code(flow, unpacked)}
        run_id = store.begin_run(flow.graph.name, record)
    run = LocalRun(flow.graph, flow.steps, flow.context, store, run_id, options, environments)
    output = Output(flow, store, run_id, options, unpacked)
    try:
        return 0 if _run(run, Workers(_server_setting(flow, run, user, unpacked)), output, user) else 1
    except KeyboardInterrupt:
        return 1
    except Exception as error:
        output.stopped(error)
        return 1


def _prepared(flow: LaunchedFlow, say: Callable[[str], object]) -> dict[str, ReadyEnvironment]:
    """Return the environments of steps, built where need be; say so, and which steps ask for a machine elsewhere."""
    for name, step in flow.steps.items():
        for decorator in step.decorators:
            if isinstance(decorator, ComputeDecorator):
                say(f"Step {name!r} asks for {decorator.wish}; in a local run, it runs here.")
    return step_environments(flow.steps, say)


def _run(run: LocalRun, workers: Workers, output: Output, user: str | None) -> bool:
    if run.options.run_id_file is not None:
        run.options.run_id_file.write_text(run.run_id, encoding="utf-8")
    output.header(user)
    with output as lines:
        succeeded = Launcher(run, workers, lines).run()
    if succeeded:
        run.store.mark_succeeded(run.graph.name, run.run_id)
        output.done()
    else:
        output.failed()
    return succeeded


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


def _code(flow: LaunchedFlow, unpacked: Unpacked | None) -> dict[str, Any]:
    """Return what the run's record says of its code, as it does on Airflow; nothing where the run keeps none."""
    if unpacked is None:
        return {}
    package = unpacked.package
    decorators, asked, configs = list(flow.specs), flow.options.for_flow_decorators, dict(flow.configs)
    deployed = Deployed(package.digest, package.entry, decorators, asked, configs, list(package.paths))
    codes, number = with_code([], deployed, flow.graph)
    return {"codes": codes, "started_with": number, "code": package.digest}


def _own(user: str | None) -> str | None:
    """Return the namespace of a user's runs."""
    return f"user:{user}" if user else None


def _call_package_hooks(flow: LaunchedFlow) -> None:
    """Call the hook of decorators that add to a package; nothing is packaged for this machine."""
    with entered(flow.context):
        for decorator in package_decorators(flow.loaded.flow_class, flow.context):
            decorator.add_to_package()


@contextlib.contextmanager
def _writable(file: Path | None) -> Iterator[None]:
    """Make the file for the run's id, which stays unless the block fails; UsageError when it cannot be written."""
    is_new = file is not None and not file.exists()
    try:
        if file is not None:
            file.open("a").close()
    except OSError as error:
        raise UsageError(f"--run-id-file {file}: it could not be written: {reason_of(error)}.") from None
    try:
        yield
    except BaseException:
        if file is not None and is_new:
            file.unlink(missing_ok=True)
        raise


def _server_setting(flow: LaunchedFlow, run: LocalRun, user: str | None, unpacked: Unpacked | None) -> ServerSetting:
    options, folder = run.options, flow.loaded.folder
    setup = FlowSetup(
        flow.loaded.file,
        flow.graph.name,
        run.store.root,
        run.run_id,
        paths=unpacked.paths if unpacked else (),
        code=unpacked.package.digest if unpacked else None,
        decorators=flow.specs,
        options=flow.options.for_flow_decorators,
        configs=flow.configs,
        environment="local",
        user=user,
        namespace=_own(user) if options.namespace is None else options.namespace or None,
        tags=options.tags,
        # The launcher clones what can be cloned: what a worker process gets, runs.
        origin=Origin(options.origin.run_id, EVERY_STEP) if options.origin else None,
    )
    return ServerSetting(
        setup,
        modules=[*modules_from_elsewhere(folder), *_modules_of_decorators(flow)],
        path=[entry for entry in sys.path if isinstance(entry, str) and entry != str(folder)],
        only_from=unpacked.folder if unpacked else None,
        max_num_splits=options.max_num_splits,
    )


def _modules_of_decorators(flow: LaunchedFlow) -> list[str]:
    """Return the modules of this package that the steps' decorators import in tasks."""
    decorators = [each for step in flow.steps.values() for each in step.decorators]
    return list(dict.fromkeys(name for each in decorators for name in each._flows_modules))
