"""What a DAG run is called in the store, and what its record says. Worker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from airflow_provider_flows.errors import RunExists
from airflow_provider_flows.identity import dag_run_name
from airflow_provider_flows.operators.compiled import CompiledFlow
from airflow_provider_flows.task.run_record import describe_run
from airflow_provider_flows.task.runtime import FlowRuntime


def run_name(flow: str, context: Mapping[str, Any]) -> str:
    """Return the DAG run's id in the store."""
    return dag_run_name(flow, context["ti"].dag_id, context["ti"].run_id)


def require_own(record: Mapping[str, Any] | None, run: str, context: Mapping[str, Any]) -> None:
    """RunExists when the record of `run`, if there is one, says that this DAG run did not begin it."""
    if not record or "started_at" not in record:  # tags may be all that it says
        return
    ti, began = context["ti"], record.get("airflow") or {}
    if (began.get("dag_id"), began.get("run_id")) != (ti.dag_id, ti.run_id):
        whose = f"run {began.get('run_id')!r} of the DAG {began.get('dag_id')!r}" if began else "a local run"
        raise RunExists(
            f"The store has a run {run!r} of this flow already, and it is {whose}, not run {ti.run_id!r} of the DAG "
            f"{ti.dag_id!r}. Trigger a new run with another run id."
        )


@dataclass(frozen=True)
class Deployed:
    """What a run is pinned to when it starts: the digest of its code, and all that was decided when it was compiled."""

    code: str
    entry: str
    decorators: Sequence[str]
    options: Mapping[str, Any]
    configs: Mapping[str, Any]
    paths: Sequence[str] = ()

    @classmethod
    def of(cls, flow: CompiledFlow, code: str) -> Deployed:
        return cls(code, flow.entry, list(flow.decorators), dict(flow.options), dict(flow.configs), list(flow.paths))


def triggered_by(context: Mapping[str, Any]) -> str | None:
    """Return the user who triggered the DAG run; None where the scheduler did."""
    name = getattr(context.get("dag_run"), "triggering_user_name", None)
    return None if name is None else str(name)


def describe_dag_run(
    runtime: FlowRuntime, deployed: Deployed, context: Mapping[str, Any], tags: Iterable[str]
) -> dict[str, Any]:
    """Return the record of a run that starts: its code, its graph, its tags, and how Airflow came to run it."""
    dag_run = context.get("dag_run")
    logical_date = getattr(dag_run, "logical_date", None)
    return describe_run(
        runtime.graph,
        user=triggered_by(context),
        namespace=runtime.namespace,
        runtime="airflow",
        tags={*runtime.tags, *tags},
        flow_class=runtime.flow_class,
        configs=runtime.configs,
        parameters=given_parameters(runtime, context),
        origin=runtime.origin,
        code=deployed.code,
        deployed=asdict(deployed),
        airflow={
            "dag_id": context["ti"].dag_id,
            "run_id": context["ti"].run_id,
            "run_type": str(getattr(getattr(dag_run, "run_type", None), "value", getattr(dag_run, "run_type", None))),
            "logical_date": logical_date.isoformat() if logical_date else None,
        },
    )


def given_parameters(runtime: FlowRuntime, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the flow's parameters as the DAG run was given them, by name; those of its origin when it has one."""
    names = {parameter.name for parameter in runtime.parameters.values()}
    given = {name: value for name, value in (context.get("params") or {}).items() if name in names}
    if runtime.origin is None:
        return given
    origin = runtime.store.read_run(runtime.name, runtime.origin.run_id) or {}
    return {**given, **{name: value for name, value in origin.get("parameters", {}).items() if name in names}}
