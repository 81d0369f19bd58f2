"""Set up a compiled flow in the worker: the code that a task runs, its graph and decorators. TASK phase."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from airflow_provider_flows.decorators.attach import flow_decorators_of
from airflow_provider_flows.errors import CodeMismatch, InputsMissing, ObjectDamaged, SignatureInvalid, UsageError
from airflow_provider_flows.facade import metaflow_names
from airflow_provider_flows.flow.loading import LoadedFlow, load_flow
from airflow_provider_flows.graph.parse import build_graph
from airflow_provider_flows.graph.shape import change_before
from airflow_provider_flows.identity import code_digest
from airflow_provider_flows.operators.code import code_folder
from airflow_provider_flows.operators.codes import shown, with_code
from airflow_provider_flows.operators.compat import conf
from airflow_provider_flows.operators.origin import RERUN, find_origin, pinned_origin
from airflow_provider_flows.operators.run import (
    WorkerRun,
    describe_dag_run,
    triggered_by,
)
from airflow_provider_flows.operators.tries import Said, Try, next_try
from airflow_provider_flows.operators.which_code import Choice, choose_code, newest_of_step
from airflow_provider_flows.task.model import AIRFLOW_MAP_INDEX, AIRFLOW_TASK, CODE_NUMBER, Origin
from airflow_provider_flows.task.runtime import FlowRuntime, set_up

log = logging.getLogger("airflow_provider_flows")


@contextlib.contextmanager
def worker_names(environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """While the block runs, flows find the environment variables and the names that they expect."""
    with _environment(environment or {}), metaflow_names():
        yield


def set_up_step(run: WorkerRun, step: str, retries: int | None, *, first_step: bool) -> tuple[FlowRuntime, Try]:
    """Note that a try of the task at hand begins, and return it with the runtime of the code that it runs.

    The note is there before any code of the flow is, which may kill the process. The first step writes the run's
    record. CodeMismatch when the code has no such step.
    """
    attempt = _begin(run, step, retries)
    choice = choose_code(run, step, attempt, first_step=first_step)
    noted = replace(attempt, code=choice.number)
    note_try(run, step, noted)
    starts = first_step and (attempt.begins_round or not len(run.codes))
    record = None if starts else run.record
    origin = find_origin(run.store, run.flow.name, run.context) if record is None else pinned_origin(record)
    loaded, choice = _load_what_fits(run, step, choice)
    runtime = _runtime(run, loaded, choice.number, record, origin, attempt.said)
    require_step(runtime, step, run)
    attempt = replace(attempt, code=_take_up(run, runtime, choice.number, starts=starts))
    if attempt != noted:
        note_try(run, step, attempt)
    if not starts:
        _say_which(run, choice, runtime)
    return replace(runtime, metadata={**runtime.metadata, CODE_NUMBER: str(attempt.code)}), attempt


def set_up_fan_out(run: WorkerRun, step: str) -> FlowRuntime:
    """Return the runtime of the code that the tasks of a foreach step ran; CodeMismatch when it has no such step."""
    number = newest_of_step(run, step) if run.bundle_version is None else run.codes.number_of(run.here)
    runtime = _runtime(run, _load(run, number), number, run.record)
    require_step(runtime, step, run)
    return runtime


def note_try(run: WorkerRun, step: str, attempt: Try) -> None:
    """Leave the note of a try, in place of the one of the try before it."""
    run.store.write_try(run.flow.name, run.name, step, run.context["ti"].map_index, attempt.to_json())


def include_file_roots() -> list[Path]:
    """Return the folders of `[flows] include_file_roots`; UsageError for one that is no absolute path."""
    text = conf.get("flows", "include_file_roots", fallback="") or ""
    roots = [Path(part.strip()).expanduser() for part in text.split(",") if part.strip()]
    for root in roots:
        if not root.is_absolute():
            raise UsageError(f"[flows] include_file_roots has {str(root)!r}: write it as an absolute path.")
    return roots


def require_step(runtime: FlowRuntime, step: str, run: WorkerRun) -> None:
    """CodeMismatch when the code has no such step: the DAG was changed since the tasks before this one ran."""
    if step not in runtime.graph:
        raise CodeMismatch(
            f"The tasks before this one ran the code {shown(runtime.code or '')}, which has no step {step!r}. The DAG "
            f"file now holds {shown(run.here.code)}: to run it, clear a task before this one, or the run's first task, "
            "or trigger a new run."
        )


def _begin(run: WorkerRun, step: str, retries: int | None) -> Try:
    said = Said.of(run.context, retries)
    before = None
    if said.try_number > 1:
        with contextlib.suppress(ObjectDamaged, SignatureInvalid):  # so that a clear heals it, as all that is damaged
            before = run.store.read_try(run.flow.name, run.name, step, run.context["ti"].map_index)
    return next_try(said, None if before is None else Try.from_json(before))


def _load_what_fits(run: WorkerRun, step: str, choice: Choice) -> tuple[LoadedFlow, Choice]:
    """Load the chosen code, or the other one, with a warning, where the chosen one does not fit the run."""
    known = choice.number < len(run.codes)
    loaded = None if known else _load(run, choice.number)
    if choice.otherwise not in (None, choice.number):
        graph = build_graph(loaded.flow_class) if loaded is not None else run.codes.graph(choice.number)
        change = change_before(step, run.codes.graph(choice.otherwise), graph)
        if change is not None:
            log.warning(
                "This task was cleared, and the code of the DAG file, %s, does not fit the run: %s. It runs %s, as "
                "the tasks before it. To run the new code, clear the run's first task, or trigger a new run.",
                *(shown(run.here.code), change, shown(run.codes.deployed(choice.otherwise).code)),
            )
            choice, loaded = Choice(choice.otherwise, "as the tasks before it"), None
    return loaded or _load(run, choice.number), choice


def _load(run: WorkerRun, number: int) -> LoadedFlow:
    """Load a code of the run; that of the DAG file for a number that none has yet."""
    deployed = run.codes.deployed(number) if number < len(run.codes) else run.here
    sources = run.sources if deployed.code == run.here.code else _kept_code(run, deployed.code)
    folder = code_folder(deployed.code, sources)
    return load_flow(folder / deployed.entry, run.flow.name, [folder / path for path in deployed.paths])


def _kept_code(run: WorkerRun, digest: str) -> Mapping[str, str | bytes]:
    """Return sources that the store keeps; CodeMismatch when they are not what their digest says."""
    sources = run.store.get_code(run.flow.name, digest)
    if code_digest(sources) != digest:
        raise CodeMismatch(f"The sources kept under {digest} are others. Clear the run from its first task.")
    return sources


def _runtime(
    run: WorkerRun,
    loaded: LoadedFlow,
    number: int,
    record: Mapping[str, Any] | None,
    origin: Origin | None = None,
    said: Said | None = None,
) -> FlowRuntime:
    deployed = run.codes.deployed(number) if number < len(run.codes) else run.here
    runtime = set_up(
        loaded,
        run.store,
        run.name,
        specs=tuple(deployed.decorators),
        options=deployed.options,
        configs=deployed.configs,
        code=deployed.code,
        metadata=_metadata(run.context, said),
        tags=run.flow.tags,
        username=triggered_by(run.context) if record is None else record.get("user"),
        file_roots=(loaded.file.parents[deployed.entry.count("/")], *include_file_roots()),
        origin=origin,
    )
    _require_resumable(runtime)
    return replace(runtime, namespace=_namespace(runtime, run.context["ti"].dag_id))


def _namespace(runtime: FlowRuntime, dag_id: str) -> str:
    tokens = (decorator.production_token() for decorator in flow_decorators_of(runtime.flow_class))
    return f"production:{next(filter(None, tokens), dag_id)}"


def _take_up(run: WorkerRun, runtime: FlowRuntime, number: int, *, starts: bool) -> int:
    """Keep the DAG file's code when the run has not had it yet, and write the record of a run that starts.

    Returns the code's number: others may have taken a code up meanwhile.
    """
    is_new = number == len(run.codes)
    if is_new:
        run.store.put_code(run.flow.name, run.here.code, run.sources)

    def change(before: dict[str, Any]) -> dict[str, Any]:
        nonlocal number
        codes = list(before.get("codes") or ())
        if is_new:
            codes, number = with_code(codes, run.here, runtime.graph)
        if not starts:
            return {**before, "codes": codes}
        return {**describe_dag_run(runtime, run.context, before), "codes": codes, "started_with": number}

    if starts or (is_new and len(run.codes)):
        run.store.update_run(run.flow.name, run.name, change)
    if starts:
        run.store.mark_started(run.flow.name, run.name)
    return number


def _say_which(run: WorkerRun, choice: Choice, runtime: FlowRuntime) -> None:
    """Say in the task's log which code it runs, where somebody could expect another one."""
    if not len(run.codes):
        return
    ran, started_with = runtime.code or "", run.codes.deployed(run.codes.started_with).code
    if choice.number != run.codes.started_with:
        what = f"the code {shown(ran)}" if ran != started_with else "the same sources with other settings"
        log.info("This task runs %s, %s. The run started with %s.", what, choice.why, shown(started_with))
    elif choice.is_pinned and choice.number != run.codes.number_of(run.here):
        log.info(
            "This task was cleared and runs the code that the run started with, %s. The DAG file now holds %s, and "
            "[flows] code_on_clear is pinned.",
            *(shown(started_with), shown(run.here.code)),
        )


def _require_resumable(runtime: FlowRuntime) -> None:
    """InputsMissing unless the steps that a resumed run should run again are there."""
    unknown = sorted(runtime.origin.rerun - set(runtime.graph.topological)) if runtime.origin else []
    if unknown:
        raise InputsMissing(
            f"The run was triggered with {RERUN} {unknown[0]!r}, and {runtime.name} has no such step. "
            f"It has: {', '.join(runtime.graph.topological)}."
        )


def _metadata(context: Mapping[str, Any], said: Said | None) -> dict[str, str]:
    ti = context["ti"]
    found = {
        "airflow_dag_id": ti.dag_id,
        "airflow_run_id": ti.run_id,
        AIRFLOW_TASK: ti.task_id,
        AIRFLOW_MAP_INDEX: ti.map_index,
        "hostname": getattr(ti, "hostname", None),
        **{f"airflow_{name}": value for name, value in (asdict(said) if said is not None else {}).items()},
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
