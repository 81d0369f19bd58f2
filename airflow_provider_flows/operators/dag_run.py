"""A DAG run as its workers find it in the store: its name, its record, its codes. Worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from airflow_provider_flows.errors import RunExists
from airflow_provider_flows.identity import code_digest, dag_run_name
from airflow_provider_flows.operators.compiled import CompiledFlow, Sources
from airflow_provider_flows.operators.task_instance import TaskInstance, task_instance
from airflow_provider_flows.setup.runtime import FlowRuntime
from airflow_provider_flows.store import Store, StoreAccess
from airflow_provider_flows.task.codes import Deployed, RunCodes
from airflow_provider_flows.task.run_record import describe_run


@dataclass(frozen=True)
class WorkerRun:
    """A DAG run when one of its tasks begins: what the store has of it, and the code in the DAG file at hand.

    `record` is the run's, None before the first step has written it.
    """

    flow: CompiledFlow
    task: TaskInstance
    context: Mapping[str, Any] = field(repr=False)
    store: Store
    name: str
    record: Mapping[str, Any] | None
    codes: RunCodes
    here: Deployed
    sources: Sources = field(repr=False)
    """Those of `here`."""


def find_run(flow: CompiledFlow, access: StoreAccess, context: Mapping[str, Any]) -> WorkerRun:
    """Return the DAG run at hand; RunExists when the store's run of its name is another one."""
    task, store = task_instance(context), access.open()
    name = dag_run_name(flow.name, task.dag_id, task.run_id)
    record = store.read_run(flow.name, name)
    _require_own(record, name, task)
    sources = flow.sources()
    here = _deployed(flow, code_digest(sources))  # not the digest written there: the file may have been edited
    return WorkerRun(flow, task, context, store, name, record, RunCodes(flow.name, record), here, sources)


def _deployed(flow: CompiledFlow, code: str) -> Deployed:
    return Deployed(
        code,
        flow.entry,
        list(flow.decorators),
        dict(flow.options),
        dict(flow.configs),
        list(flow.paths),
        dict(flow.locks),
    )


def _require_own(record: Mapping[str, Any] | None, run: str, task: TaskInstance) -> None:
    """RunExists when the record of `run`, if there is one, says that this DAG run did not begin it."""
    if not record or "started_at" not in record:  # tags may be all that it says
        return
    began = record.get("airflow") or {}
    if (began.get("dag_id"), began.get("run_id")) != (task.dag_id, task.run_id):
        whose = f"run {began.get('run_id')!r} of the DAG {began.get('dag_id')!r}" if began else "a local run"
        raise RunExists(
            f"The store has a run {run!r} of this flow already, and it is {whose}, not run {task.run_id!r} of the DAG "
            f"{task.dag_id!r}. Trigger a new run with another run id."
        )


def triggered_by(context: Mapping[str, Any]) -> str | None:
    """Return the user who triggered the DAG run; None where the scheduler did."""
    name = getattr(context.get("dag_run"), "triggering_user_name", None)
    return None if name is None else str(name)


def describe_dag_run(runtime: FlowRuntime, run: WorkerRun, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a run that starts: its code, its graph, its tags, and how Airflow came to run it.

    A run that is cleared has a record from before already, and users may have tagged it.
    """
    dag_run = run.context.get("dag_run")
    logical_date = getattr(dag_run, "logical_date", None)
    return describe_run(
        runtime.graph,
        user=triggered_by(run.context),
        namespace=runtime.setup.namespace,
        runtime="airflow",
        tags={*runtime.setup.tags, *before.get("tags", ())},
        flow_class=runtime.flow_class,
        configs=runtime.configs,
        parameters=given_parameters(runtime, run.context),
        origin=runtime.setup.origin,
        code=runtime.setup.code,
        airflow={
            "dag_id": run.task.dag_id,
            "run_id": run.task.run_id,
            "run_type": str(getattr(getattr(dag_run, "run_type", None), "value", getattr(dag_run, "run_type", None))),
            "logical_date": logical_date.isoformat() if logical_date else None,
        },
    )


def given_parameters(runtime: FlowRuntime, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the flow's parameters as the DAG run was given them, by name; those of its origin when it has one."""
    names = {parameter.name for parameter in runtime.parameters.values()}
    given = {name: value for name, value in (context.get("params") or {}).items() if name in names}
    if runtime.setup.origin is None:
        return given
    origin = runtime.store.read_run(runtime.name, runtime.setup.origin.run_id) or {}
    return {**given, **{name: value for name, value in origin.get("parameters", {}).items() if name in names}}
