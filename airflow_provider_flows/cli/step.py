"""`step`: run one attempt of a task of an earlier run in this process, where a debugger can stop it. TASK phase."""

from __future__ import annotations

import os
from typing import Any

import click
from airflow_provider_flows.cli.common import FlowCommand, common
from airflow_provider_flows.cli.exits import FAILED
from airflow_provider_flows.cli.finding import find_run, namespace, require_step
from airflow_provider_flows.cli.flow import loaded, stdout_kept
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.decorators.budget import budget_of
from airflow_provider_flows.decorators.specs import given_specs
from airflow_provider_flows.errors import FlowsError, StepFailed, UsageError, reason_of
from airflow_provider_flows.flow.state import Frame
from airflow_provider_flows.flow.user import username
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.rules import require_valid
from airflow_provider_flows.identity import TaskAddress, parse_task_id, task_id
from airflow_provider_flows.setup.flow_setup import FlowSetup
from airflow_provider_flows.setup.origin import EVERY_STEP, Origin
from airflow_provider_flows.setup.runtime import FlowRuntime, set_up
from airflow_provider_flows.store import open_store
from airflow_provider_flows.task.host import Host
from airflow_provider_flows.task.last_words import step_output
from airflow_provider_flows.task.outcome import Outcome
from airflow_provider_flows.task.request import TaskRequest
from airflow_provider_flows.task.run_task import run_task
from airflow_provider_flows.task.view import RunView

Coordinates = tuple[tuple[int, ...], "int | None"]
"""A task's split path and, in a recursive step, its iteration."""


@click.command(cls=FlowCommand)
@click.argument("step")
@click.option("--run-id", required=True, metavar="RUN", help="The run that the task belongs to.")
@click.option("--task-id", metavar="TASK", help="The task, such as fit-2-0.")
@click.option("--split-path", metavar="2-0", help="The same by its indices in the foreaches around it.")
@click.option("--retry-count", type=click.IntRange(min=0), default=0, show_default=True, help="Tries before this one.")
def command(step: str, run_id: str, task_id: str | None, split_path: str | None, retry_count: int) -> int:
    """Run one attempt of a task in this process, where a debugger can stop it.

    It is a real attempt: it reads what the run's earlier tasks stored, and leaves a record.
    """
    runtime = _runtime(step, run_id)
    path, iteration = _coordinates(runtime.graph, step, task_id, split_path)
    request = TaskRequest(
        step,
        path,
        iteration,
        retry_count,
        budget_of(runtime.step(step)),
        parameters=(runtime.store.read_run(runtime.name, runtime.run_id) or {}).get("parameters") or {},
    )
    return _run(runtime, request)


class _DebugHost(Host):
    """This process, in which somebody looks at one attempt; it notes when the step began."""

    began: TaskAddress | None = None

    def announce(self, address: TaskAddress, frames: tuple[Frame, ...]) -> None:
        self.began = address


def _run(runtime: FlowRuntime, request: TaskRequest) -> int:
    outcome = _outcome(runtime, request) if _has_items(runtime, request) else None
    if outcome is None:
        task = task_id(request.step, request.path, request.iteration)
        raise UsageError(f"Run {runtime.run_id} does not come through {task}.")
    if outcome.verdict:
        say(outcome.verdict, err=True)
    if not common().quiet:
        record = outcome.record
        say(f"{record.address.pathspec}: attempt {record.attempt} is {record.outcome}.", err=True)
    return 0 if outcome.ok else FAILED


def _outcome(runtime: FlowRuntime, request: TaskRequest) -> Outcome | None:
    """Run the attempt; StepFailed for what keeps it from its end once the step has begun."""
    host = _DebugHost()
    try:
        with step_output(debugged=True):
            return run_task(runtime, request, host)
    except (FlowsError, OSError, SystemExit) as error:
        if host.began is None:
            raise
        reason = f"the step called sys.exit({error.code!r})." if isinstance(error, SystemExit) else reason_of(error)
        raise StepFailed(f"{host.began.pathspec}: {reason}") from error


def _has_items(runtime: FlowRuntime, request: TaskRequest) -> bool:
    """Whether the foreaches around the task have an item for each of its indices."""
    view, path = RunView(runtime.store, runtime.graph, runtime.run_id), request.path
    return all(
        view.is_reached(foreach, path[:depth]) and path[depth] < view.num_splits(foreach, path[:depth])
        for depth, foreach in enumerate(runtime.graph[request.step].foreach_nest)
    )


def _runtime(step: str, run_id: str) -> FlowRuntime:
    """Set the flow up, in the environment that `@environment` asks for."""
    runtime = _set_up(run_id)
    require_step(step, runtime.graph.topological, runtime.name)
    variables: dict[str, str] = {}
    for decorator in runtime.step(step).decorators:
        variables.update(decorator.operator_arguments().get("environment") or {})
    if not variables.items() - os.environ.items():
        return runtime
    os.environ.update(variables)
    return _set_up(run_id)  # the flow's module may have read them


def _set_up(run_id: str) -> FlowRuntime:
    flow, store = loaded(), open_store(common().datastore_root)
    name = flow.flow_class.__name__
    run = find_run(store, name, run_id)
    record: dict[str, Any] = store.read_run(name, run) or {}
    with stdout_kept():
        setup = FlowSetup(
            flow.file,
            name,
            store.root,
            run,
            decorators=given_specs(common().launch.decorators),
            options=common().launch.for_flow_decorators,
            configs=record.get("configs"),
            environment="local",
            user=record.get("user") or username(),
            namespace=namespace(),
            tags=tuple(record.get("tags") or ()),
            origin=_origin(record),
        )
        runtime = set_up(setup, loaded=flow, store=store)
    require_valid(runtime.graph)
    return runtime


def _origin(record: dict[str, Any]) -> Origin | None:
    """Return the run that this one resumes, of which nothing is taken over now."""
    origin = record.get("origin_run_id")
    return Origin(origin, EVERY_STEP) if origin else None


def _coordinates(graph: FlowGraph, step: str, task: str | None, split_path: str | None) -> Coordinates:
    if task is not None and split_path is not None:
        raise click.UsageError("Give --task-id or --split-path.")
    text = task if task is not None else f"{step}-{split_path}" if split_path else step
    depth = len(graph[step].foreach_nest)
    example = task_id(step, (0,) * depth)
    try:
        path, iteration = parse_task_id(text, step)
    except ValueError:
        what = f"{text!r} is not a task of step {step!r}."
        raise UsageError(f"{what} Write {example}, with an index for each foreach.") from None
    if len(path) != depth:
        tasks = f"its tasks are {example} and so on" if depth else f"its task is {example}"
        raise UsageError(f"Step {step!r} is in {_foreaches(depth)}, so {tasks}.")
    if iteration is not None and not graph[step].repeats:
        raise UsageError(f"Step {step!r} does not loop, so its task is {task_id(step, path)}.")
    return path, iteration


def _foreaches(depth: int) -> str:
    return {0: "no foreach", 1: "a foreach"}.get(depth, f"{depth} foreaches")
