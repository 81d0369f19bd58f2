"""`run_attempt`: the only place that runs a step's body. TASK phase; everything it needs comes in as arguments.

Inputs, hooks, body, check of the transition, artifacts, one record, and `task_finished`: in this order, for success and
failure alike. Order and edge cases are Metaflow 2.19's, except where docs/differences.md says otherwise.
"""

from __future__ import annotations

import functools
import time
from typing import Any, Callable

from airflow_provider_flows.context import SystemContext, entered
from airflow_provider_flows.decorators.lifecycle import Completion, Layer, finish, run_body
from airflow_provider_flows.errors import FailureHandledByCatch
from airflow_provider_flows.flow.children import flow_as_main
from airflow_provider_flows.flow.current import current
from airflow_provider_flows.flow.process import OneProcess
from airflow_provider_flows.setup.runtime import FlowRuntime
from airflow_provider_flows.task.attempt import Attempt
from airflow_provider_flows.task.bind import BoundStep, bind_step
from airflow_provider_flows.task.expect import check_transition
from airflow_provider_flows.task.host import Host
from airflow_provider_flows.task.outcome import Outcome
from airflow_provider_flows.task.persist import persist, persist_failure


def run_attempt(runtime: FlowRuntime, attempt: Attempt, host: Host) -> Outcome:
    """Run one attempt and commit its record, whatever comes of it.

    `SystemExit` and `KeyboardInterrupt` mean the end of this process: they pass through, after the record was
    committed. A process that the step forks ends with the step's body, however it leaves that.
    """
    with OneProcess() as here:
        return _run_attempt(runtime, attempt, host, here)


def _run_attempt(runtime: FlowRuntime, attempt: Attempt, host: Host, here: OneProcess) -> Outcome:
    started, request = time.time(), attempt.request
    host.announce(attempt.address, attempt.frames)
    try:
        bound = bind_step(runtime, attempt, host)
    except Exception as error:
        host.disarm()
        outcome = Outcome(persist_failure(runtime, attempt, error, started), error, began=False)
        host.ended(outcome)
        return outcome
    context = _context(runtime, attempt, bound)
    values = context._values(step_name=request.step)
    decorators = context.get_step_decorators(request.step)

    def conclude(completion: Completion) -> Outcome:
        host.disarm()
        record, exception = persist(runtime, attempt, bound.flow, completion, started)
        with here:
            finish(decorators, values, record.outcome != "failed")
        outcome = Outcome(record, exception)
        host.ended(outcome)
        return outcome

    with entered(context), current._running(_current_values(runtime, attempt)), flow_as_main(runtime.flow_class):
        try:
            with here:
                completion = run_body(
                    decorators,
                    _wrappers(runtime, request.step, bound),
                    _body(bound, attempt, here),
                    values,
                    after=lambda: check_transition(bound.flow, runtime.graph, request.step, host.split_limit),
                    timeouts=host.timeouts,
                )
        except BaseException as death:
            conclude(Completion(death))
            raise
        return conclude(completion)


def _wrappers(runtime: FlowRuntime, step: str, bound: BoundStep) -> list[Layer]:
    """Return the step's user decorators, outermost first: the last one attached."""
    wrappers = runtime.step(step).wrappers
    return [wrapper.layer(step, bound.flow, bound.inputs) for wrapper in reversed(wrappers)]


def _body(bound: BoundStep, attempt: Attempt, here: OneProcess) -> Callable[..., Any]:
    request = attempt.request
    if request.is_fallback:
        return lambda *inputs: _fail_without_running(request.budget.user + 1)
    step = getattr(bound.flow, request.step)

    @functools.wraps(step)
    def body(*inputs: Any) -> Any:
        with here:
            return step(*inputs)

    return body


def _fail_without_running(attempts: int) -> None:
    raise FailureHandledByCatch(
        f"Task execution kept failing over {attempts} attempts. Your code did not raise an exception: "
        "its process died, was killed, or lost contact."
    )


def _context(runtime: FlowRuntime, attempt: Attempt, bound: BoundStep) -> SystemContext:
    request = attempt.request
    return SystemContext(
        runtime.context,
        flow=bound.flow,
        task_id=attempt.address.task,
        task_datastore=runtime.store,
        is_cloned=False,
        split_index=request.path[-1] if request.path else None,
        retry_count=request.retry_count,
        max_user_code_retries=request.budget.user,
        inputs=bound.inputs,
        input_paths=[record.address.pathspec for record in attempt.parents],
    )


def _current_values(runtime: FlowRuntime, attempt: Attempt) -> dict[str, Any]:
    setup = runtime.setup
    return {
        **runtime.current_names,
        "flow_name": runtime.name,
        "run_id": runtime.run_id,
        "step_name": attempt.request.step,
        "task_id": attempt.address.task,
        "retry_count": attempt.request.retry_count,
        "origin_run_id": None if setup.origin is None else setup.origin.run_id,
        "pathspec": attempt.address.pathspec,
        "namespace": setup.namespace,
        "username": setup.user,
        "tags": frozenset(setup.tags),
        "parameter_names": [*runtime.parameters, *runtime.config_values],
        "graph": runtime.graph_info(),
    }
