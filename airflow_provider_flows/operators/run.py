"""What a DAG run is called in the store, and what its record says. Worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from airflow_provider_flows.operators.compiled import CompiledFlow
from airflow_provider_flows.task.run_record import describe_run
from airflow_provider_flows.task.runtime import FlowRuntime


def run_name(flow: str, context: Mapping[str, Any]) -> str:
    """Return the run's id in the store: the DAG run's, after the DAG's where that is not called as the flow is.

    Several DAGs may deploy one flow, and Airflow gives their scheduled runs the same ids.
    """
    ti = context["ti"]
    return str(ti.run_id) if ti.dag_id == flow else f"{ti.dag_id}.{ti.run_id}"


@dataclass(frozen=True)
class Deployed:
    """What a run is pinned to when it starts: the digest of its code, and all that was decided when it was compiled."""

    code: str
    entry: str
    decorators: Sequence[str]
    options: Mapping[str, Any]
    configs: Mapping[str, Any]

    @classmethod
    def of(cls, flow: CompiledFlow, code: str) -> Deployed:
        return cls(code, flow.entry, list(flow.decorators), dict(flow.options), dict(flow.configs))


def triggered_by(context: Mapping[str, Any]) -> str | None:
    """Return the user who triggered the DAG run; None where the scheduler did."""
    name = getattr(context.get("dag_run"), "triggering_user_name", None)
    return None if name is None else str(name)


def describe_dag_run(runtime: FlowRuntime, deployed: Deployed, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a run that starts: its code, its graph, its tags, and how Airflow came to run it."""
    dag_run = context.get("dag_run")
    logical_date = getattr(dag_run, "logical_date", None)
    return describe_run(
        runtime.graph,
        user=triggered_by(context),
        namespace=runtime.namespace,
        runtime="airflow",
        tags=runtime.tags,
        flow_class=runtime.flow_class,
        configs=runtime.configs,
        parameters={name: value for name, value in given_parameters(context).items() if name in _names(runtime)},
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


def given_parameters(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the DAG run was given, by name."""
    return dict(context.get("params") or {})


def _names(runtime: FlowRuntime) -> set[str]:
    return {parameter.name for parameter in runtime.parameters.values()}
