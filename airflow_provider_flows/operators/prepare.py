"""Make ready what a task runs: which try it is, its code, the flow set up, the request. Worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from airflow_provider_flows.context import ExecutionPhase
from airflow_provider_flows.decorators.attach import flow_decorators_of
from airflow_provider_flows.decorators.budget import budget_of
from airflow_provider_flows.decorators.environments import declares_environment
from airflow_provider_flows.errors import CodeMismatch, InputsMissing, UsageError
from airflow_provider_flows.flow.loading import LoadedFlow
from airflow_provider_flows.identity import short_digest
from airflow_provider_flows.operators.compat import conf
from airflow_provider_flows.operators.conf_keys import require_known_keys
from airflow_provider_flows.operators.dag_run import WorkerRun, given_parameters, triggered_by
from airflow_provider_flows.operators.load_code import load, load_what_fits, say_which, take_up
from airflow_provider_flows.operators.notes import note_try, read_note
from airflow_provider_flows.operators.origin import RERUN, find_origin, pinned_origin
from airflow_provider_flows.operators.task_instance import TaskInstance
from airflow_provider_flows.operators.tries import Said, Try, next_try
from airflow_provider_flows.operators.which_code import choose_code, newest_of_step
from airflow_provider_flows.setup.flow_setup import FlowSetup
from airflow_provider_flows.setup.origin import Origin
from airflow_provider_flows.setup.runtime import FlowRuntime, set_up
from airflow_provider_flows.task.metadata import AIRFLOW_MAP_INDEX, AIRFLOW_TASK, CODE_NUMBER
from airflow_provider_flows.task.request import TaskRequest
from airflow_provider_flows.task.view import RunView


def set_up_step(run: WorkerRun, step: str, retries: int | None, *, first_step: bool) -> tuple[FlowRuntime, Try]:
    """Note that a try of the task at hand begins, and return it with the runtime of the code that it runs.

    The note is there before any code of the flow is, which may kill the process. The first step writes the run's
    record. CodeMismatch when the code has no such step.
    """
    tried = _begin(run, step, retries)
    choice = choose_code(run, step, tried, first_step=first_step)
    noted = replace(tried, code=choice.number)
    note_try(run, step, noted)
    starts = first_step and (tried.begins_round or not len(run.codes))
    record = None if starts else run.record
    origin = find_origin(run.store, run.flow.name, run.task, run.context) if record is None else pinned_origin(record)
    loaded, choice = load_what_fits(run, step, choice)
    runtime = _runtime(run, loaded, choice.number, record, origin, _phase(loaded, step))
    require_step(runtime, step, run)
    if starts:
        require_known_keys((parameter.name for parameter in runtime.parameters.values()), run.context)
    tried = replace(tried, code=take_up(run, runtime, choice.number, starts=starts))
    if tried != noted:
        note_try(run, step, tried)
    if not starts or choice.is_pinned:
        say_which(run, choice, runtime)
    return runtime, tried


def request_of(run: WorkerRun, runtime: FlowRuntime, step: str, tried: Try, metadata: Mapping[str, str]) -> TaskRequest:
    """Return what the task at hand asks for; InputsMissing when no record says which item its map index means."""
    placement = RunView(runtime.store, runtime.graph, runtime.run_id).placement
    return TaskRequest(
        step,
        placement.split_path(step, run.task.map_index),
        retry_count=tried.retry_count,
        budget=tried.budget(budget_of(runtime.step(step)).fallback),
        epoch=tried.epoch,
        parameters=given_parameters(runtime, run.context) if step == runtime.graph.start_step else {},
        metadata=metadata,
    )


def airflow_metadata(task: TaskInstance, tried: Try) -> dict[str, str]:
    """Return what the record of an attempt on Airflow says of who ran it."""
    found = {
        "airflow_dag_id": task.dag_id,
        "airflow_run_id": task.run_id,
        AIRFLOW_TASK: task.task_id,
        AIRFLOW_MAP_INDEX: task.map_index,
        "hostname": task.hostname,
        **{f"airflow_{name}": value for name, value in asdict(tried.said).items()},
        CODE_NUMBER: tried.code,
    }
    return {name: str(value) for name, value in found.items() if value is not None}


def set_up_fan_out(run: WorkerRun, step: str) -> FlowRuntime:
    """Return the runtime of the code that the tasks of a foreach step ran; CodeMismatch when it has no such step."""
    number = newest_of_step(run, step) if run.task.bundle_version is None else run.codes.number_of(run.here)
    runtime = _runtime(run, load(run, number), number, run.record)
    require_step(runtime, step, run)
    return runtime


def include_file_roots() -> list[Path]:
    """Return the folders of `[flows] include_file_roots`; UsageError for one that is not an absolute path."""
    text = conf.get("flows", "include_file_roots", fallback="") or ""
    roots = [Path(part.strip()).expanduser() for part in text.split(",") if part.strip()]
    for root in roots:
        if not root.is_absolute():
            raise UsageError(f"[flows] include_file_roots has {str(root)!r}: write it as an absolute path.")
    return roots


def require_step(runtime: FlowRuntime, step: str, run: WorkerRun) -> None:
    """CodeMismatch when the code has no such step: the DAG was changed since the tasks before this one ran."""
    if step not in runtime.graph:
        ran, here = short_digest(runtime.setup.code or ""), short_digest(run.here.code)
        raise CodeMismatch(
            f"The tasks before this one ran the code {ran}, which has no step {step!r}. The DAG file now holds {here}: "
            "to run it, clear a task before this one, or the run's first task, or trigger a new run."
        )


def _begin(run: WorkerRun, step: str, retries: int | None) -> Try:
    said = Said.of(run.task, run.context, retries)
    return next_try(said, read_note(run, step, run.task.map_index) if said.try_number > 1 else None)


def _runtime(
    run: WorkerRun,
    loaded: LoadedFlow,
    number: int,
    record: Mapping[str, Any] | None,
    origin: Origin | None = None,
    phase: ExecutionPhase = ExecutionPhase.TASK,
) -> FlowRuntime:
    deployed = run.codes.deployed(number) if number < len(run.codes) else run.here
    folder = loaded.file.parents[deployed.entry.count("/")]
    setup = FlowSetup(
        loaded.file,
        run.flow.name,
        run.store.root,
        run.name,
        paths=tuple(folder / path for path in deployed.paths),
        code=deployed.code,
        decorators=tuple(deployed.decorators),
        options=deployed.options,
        configs=deployed.configs,
        locks=deployed.locks,
        user=triggered_by(run.context) if record is None else record.get("user"),
        tags=run.flow.tags,
        origin=origin,
        file_roots=(folder, *include_file_roots()),
    )
    runtime = set_up(setup, loaded=loaded, store=run.store, phase=phase)
    _require_resumable(runtime)
    return replace(runtime, setup=replace(setup, namespace=_namespace(runtime, run.task.dag_id)))


def _phase(loaded: LoadedFlow, step: str) -> ExecutionPhase:
    elsewhere = declares_environment(loaded.flow_class, step)
    return ExecutionPhase.TRAMPOLINE if elsewhere else ExecutionPhase.TASK


def _namespace(runtime: FlowRuntime, dag_id: str) -> str:
    tokens = (decorator.production_token() for decorator in flow_decorators_of(runtime.flow_class))
    return f"production:{next(filter(None, tokens), dag_id)}"


def _require_resumable(runtime: FlowRuntime) -> None:
    """InputsMissing unless the steps that a resumed run should run again are there."""
    origin = runtime.setup.origin
    unknown = sorted(origin.rerun - set(runtime.graph.topological)) if origin else []
    if unknown:
        raise InputsMissing(
            f"The run was triggered with {RERUN} {unknown[0]!r}, and {runtime.name} has no such step. "
            f"It has: {', '.join(runtime.graph.topological)}."
        )
