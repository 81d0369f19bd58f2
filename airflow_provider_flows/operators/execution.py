"""What the operators do in the worker: Airflow's words in, one attempt, Airflow's words out. TASK phase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_flows.contract import returns_its_splits
from airflow_provider_flows.errors import FlowNotLoadable
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.operators.airflow_log import hide_our_frames, log_entry
from airflow_provider_flows.operators.caught_parents import CaughtParents
from airflow_provider_flows.operators.compat import AirflowSkipException, DownstreamTasksSkipped
from airflow_provider_flows.operators.dag_run import find_run
from airflow_provider_flows.operators.death import visible_death
from airflow_provider_flows.operators.failures import because_of_others, failed, not_run
from airflow_provider_flows.operators.fewer_items import require_no_fewer
from airflow_provider_flows.operators.host import AirflowHost, split_limit
from airflow_provider_flows.operators.kept_logs import kept_logs
from airflow_provider_flows.operators.notes import FOR_GOOD, failure_noted
from airflow_provider_flows.operators.prepare import airflow_metadata, request_of, set_up_fan_out, set_up_step
from airflow_provider_flows.operators.storage import task_access
from airflow_provider_flows.operators.task_instance import TaskInstance, task_instance
from airflow_provider_flows.operators.telling import tell
from airflow_provider_flows.operators.trampoline import runner
from airflow_provider_flows.operators.worker_names import worker_names
from airflow_provider_flows.task.fan_out import split_counts
from airflow_provider_flows.task.outcome import Outcome
from airflow_provider_flows.task.run_task import run_task
from airflow_provider_flows.task.view import RunView
from airflow_provider_flows.text import without_password

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow_provider_flows.operators.fan_out_operator import FlowFanOutOperator
    from airflow_provider_flows.operators.step_operator import FlowStepOperator


def execute_step(operator: FlowStepOperator, context: Any) -> list[int] | None:
    """Run the operator's step; see `FlowStepOperator.execute`."""
    hide_our_frames()
    step, task = operator.task_id, task_instance(context)
    parents: CaughtParents | None = None
    outcome: Outcome | None = None
    try:
        access = task_access(operator.flow.datastore_root)
        with kept_logs(access) as logs, visible_death(), worker_names(operator.environment):
            run = find_run(operator.flow, access, context)
            with failure_noted(run, step):
                runtime, tried = set_up_step(run, step, operator.retries, first_step=not operator.upstream_task_ids)
                operator.records_url = runtime.store.step_url(runtime.name, runtime.run_id, step)
                metadata = airflow_metadata(task, tried)
                parents = CaughtParents(runtime, task, step, metadata)
                request = request_of(run, runtime, step, tried, metadata)
                host = AirflowHost(step, context, operator.execution_timeout, parents, logs)
                try:
                    outcome = run_task(runtime, request, host, runner(runtime, step, access))
                finally:
                    ended = outcome or logs.ended  # by an exception, where the step ends the process
                    if ended is not None:
                        tell(context, ended.record, runtime.store.root, operator.flow)
                if outcome is not None and not outcome.ok:
                    raise _what_failed(step, outcome)
            if outcome is not None and step == runtime.graph.end_step and outcome.record.outcome == "ok":
                runtime.store.mark_succeeded(runtime.name, runtime.run_id)
    except (*FOR_GOOD, FlowNotLoadable) as error:
        why = _not_run(error, operator, task, parents)
        raise why from (error.__cause__ if why is error else None)
    if outcome is None:
        raise AirflowSkipException("The run does not reach this step: an earlier switch chose another branch.")
    return _result(runtime.graph, step, outcome, task)


def execute_fan_out(operator: FlowFanOutOperator, context: Any) -> list[int]:
    """Flatten the splits of the operator's step; see `FlowFanOutOperator.execute`."""
    hide_our_frames()
    task = task_instance(context)
    try:
        with worker_names():
            run = find_run(operator.flow, task_access(operator.flow.datastore_root), context)
            runtime = set_up_fan_out(run, operator.step)
            counts = split_counts(RunView(runtime.store, runtime.graph, runtime.run_id), operator.step)
            total = sum(count for _, count in counts)
            split_limit().check(operator.step, total)
            require_no_fewer(task, runtime.graph, operator.step, total)
            runtime.store.write_splits(runtime.name, runtime.run_id, operator.step, counts)
    except FOR_GOOD as error:
        raise _not_run(error, operator, task) from None
    root = without_password(runtime.store.root)
    log_entry("info", f"Stored in {root}: the order of the {total} items that {operator.step!r} split into.")
    return list(range(total))


def _what_failed(step: str, outcome: Outcome) -> BaseException:
    """Return what to raise for a failed attempt: of one that never began what it met, which may be for good."""
    met = None if outcome.began else outcome.exception
    return met if isinstance(met, FOR_GOOD) else failed(step, outcome)


def _not_run(
    error: Exception, operator: BaseOperator, task: TaskInstance, parents: CaughtParents | None = None
) -> Exception:
    """Return what to raise where `error` kept the step from running; the task's log begins with its words.

    That is `error` itself, where another try need not meet it again and no task before this one failed.
    """
    kind = not_run if isinstance(error, FOR_GOOD) else because_of_others
    why = kind(error, operator, task, parents)
    if why is None:
        return error
    log_entry("error", str(why))
    return why


def _result(graph: FlowGraph, step: str, outcome: Outcome, task: TaskInstance) -> list[int] | None:
    node, record = graph[step], outcome.record
    if node.maps:
        if not returns_its_splits(node.foreach_nest):
            return None
        require_no_fewer(task, graph, step, record.num_splits or 0)
        return list(range(record.num_splits or 0))
    if node.branches and record.transition is not None:
        _skip_other_branches(graph, step, record.transition[0], task.map_index)
    return None


def _skip_other_branches(graph: FlowGraph, switch: str, chosen: str, map_index: int) -> None:
    """Let Airflow skip the branches not taken without starting them: a short cut, which it loses now and then.

    Only steps that nothing else leads to; every step asks for itself as well whether the run came its way.
    """
    others = [
        head
        for head in dict.fromkeys(graph[switch].out_funcs)
        if head not in (chosen, switch) and graph[head].in_funcs == (switch,)
    ]
    if others:
        tasks = [(head, map_index) for head in others] if map_index >= 0 else others
        raise DownstreamTasksSkipped(tasks=tasks)  # type: ignore[no-untyped-call]
