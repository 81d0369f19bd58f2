"""What one deployment of a flow asks of Airflow: the command line, else the flow's decorators. LAUNCH phase."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from airflow_provider_flows.compiler.airflow_arguments import dag_argument, operator_argument
from airflow_provider_flows.compiler.airflow_text import airflow_text, check_dag_id, check_tag
from airflow_provider_flows.compiler.arguments import EVERY_STEP
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.compiler.planner import Deployment
from airflow_provider_flows.compiler.schedule import parse_schedule
from airflow_provider_flows.compiler.shapes import as_list
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.wording import suggest

FLOW_TAG = "flow"
FIRST_DATE = datetime(2024, 1, 1, tzinfo=timezone.utc)
"""The start date of scheduled DAGs that are given none: a constant, so that a compile can be repeated."""


def make_deployment(options: CompileOptions, graph: FlowGraph, asked: Mapping[str, Any]) -> Deployment:
    """Return what the options say, and what `asked` says of the DAG where they are silent; UsageError."""
    unknown = sorted(set(options.task_args) - {EVERY_STEP, *graph.topological})
    if unknown:
        raise UsageError(
            f"--task-arg {unknown[0]}.…: there is no step {unknown[0]!r}. "
            f"{suggest(unknown[0], graph.topological) or ''} Steps: {', '.join(graph.topological)}."
        )
    dag = dict(asked)
    default_arguments = dag.pop("default_args", {})
    return Deployment(
        dag_arguments=_dag_arguments(options, graph, dag),
        default_arguments=default_arguments,
        task_arguments=_task_arguments(options),
        step_arguments=options.task_args,
        kubernetes_executor=options.kubernetes_executor,
    )


def _task_arguments(options: CompileOptions) -> dict[str, Any]:
    """Return what goes to every task; UsageError when it is said twice."""
    given = _given(operator_argument, pool=("--pool", options.pool), queue=("--queue", options.queue))
    every = options.task_args.get(EVERY_STEP, {})
    if twice := given.keys() & every.keys():
        name = min(twice)
        raise UsageError(f"--{name} and --task-arg '{EVERY_STEP}.{name}=…' say the same. Keep one of them.")
    return {**given, **every}


def _dag_arguments(options: CompileOptions, graph: FlowGraph, asked: Mapping[str, Any]) -> dict[str, Any]:
    arguments = {
        "dag_id": graph.name,
        "schedule": None,
        "start_date": None,
        "catchup": False,
        **asked,
        **_given(
            dag_argument,
            start_date=("--start-date", options.start_date),
            catchup=("--catchup", options.catchup or None),
            max_active_runs=("--max-active-runs", options.max_active_runs),
            max_active_tasks=("--max-workers", options.max_workers),
        ),
    }
    if options.schedule is not None:
        arguments["schedule"] = parse_schedule(options.schedule)
    if options.dag_id is not None:
        arguments["dag_id"] = options.dag_id
    check_dag_id(arguments["dag_id"])
    tags = [FLOW_TAG, *as_list(arguments.pop("tags", [])), *options.tags]
    arguments["tags"] = sorted({check_tag(airflow_text(tag)) for tag in tags})
    _resolve_start_date(arguments)
    _resolve_runs(arguments)
    return arguments


def _resolve_start_date(arguments: dict[str, Any]) -> None:
    """Give a scheduled DAG that has none a start date, and take away that of none; UsageError where it matters."""
    if arguments["catchup"] and arguments["schedule"] is None:
        raise UsageError("--catchup is for scheduled flows, and this one has no schedule. Give one with --schedule.")
    if arguments["start_date"] is None:
        if arguments["catchup"]:
            raise UsageError("--catchup needs a start date, from which to run. Give one with --start-date 2026-01-01.")
        if arguments["schedule"] is None:
            del arguments["start_date"]
        else:
            arguments["start_date"] = FIRST_DATE


def _resolve_runs(arguments: dict[str, Any]) -> None:
    """Let as many runs and such runs be as the schedule must have; UsageError when others were asked for."""
    if arguments["schedule"] == "@continuous" and arguments.setdefault("max_active_runs", 1) != 1:
        raise UsageError("With the schedule @continuous, max_active_runs must be 1: runs follow one another.")
    needed = "manual" if arguments["schedule"] is None else "scheduled"
    if needed not in arguments.get("allowed_run_types", [needed]):
        raise UsageError(f"allowed_run_types must have {needed!r}, as the flow's schedule is. Add it, or leave it out.")


def _given(check: Callable[[str, object], Any], **options: tuple[str, object]) -> dict[str, Any]:
    """Return the arguments whose options have a value, checked; UsageError, naming the option."""
    found = {}
    for name, (option, value) in options.items():
        if value is not None:
            try:
                found[name] = check(name, value)
            except UsageError as error:
                raise UsageError(f"{option} {value!r}: {error}") from None
    return found
