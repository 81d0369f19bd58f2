"""`run_attempt`: the only place that runs a step's body. TASK phase; everything it needs comes in as arguments.

Inputs, hooks, body, check of the transition, artifacts, one record, and `task_finished`: in this order, for success and
failure alike. Order and edge cases are Metaflow 2.19's, except where docs/differences.md says otherwise.
"""

from __future__ import annotations

import functools
import time
from typing import Any, Callable

from airflow_provider_flows.context import SystemContext, entered
from airflow_provider_flows.decorators.lifecycle import Completion, HookArguments, Layer, finish, run_body
from airflow_provider_flows.decorators.setup import retry_counts
from airflow_provider_flows.errors import FailureHandledByCatch
from airflow_provider_flows.flow.children import flow_as_main
from airflow_provider_flows.flow.current import current
from airflow_provider_flows.flow.process import OneProcess
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.task.bind import BoundStep, bind_step, place_of
from airflow_provider_flows.task.expect import check_transition
from airflow_provider_flows.task.model import Attempt, Outcome
from airflow_provider_flows.task.persist import metadata_of, persist, persist_failure
from airflow_provider_flows.task.runtime import FlowRuntime


def run_attempt(runtime: FlowRuntime, attempt: Attempt) -> Outcome:
    """Run one attempt and commit its record, whatever comes of it.

    `SystemExit` and `KeyboardInterrupt` mean the end of this process: they pass through, after the record was
    committed. A process that the step forks ends with the step's body, however it leaves that.
    """
    with OneProcess() as here:
        return _run_attempt(runtime, attempt, here)


def _run_attempt(runtime: FlowRuntime, attempt: Attempt, here: OneProcess) -> Outcome:
    started = time.time()
    place = place_of(runtime, attempt)
    attempt.announce(place.address, place.frames)
    try:
        bound = bind_step(runtime, attempt, place)
    except Exception as error:
        attempt.disarm()
        more: dict[str, Any] = {"code": runtime.code, "metadata": metadata_of(runtime, place)}
        record = persist_failure(runtime.store, attempt, place.address, error, started, **more)
        outcome = Outcome(record, error, began=False)
        attempt.ended(outcome)
        return outcome
    arguments = _hook_arguments(runtime, attempt, bound)
    context = _context(runtime, attempt, arguments)
    decorators = context.get_step_decorators(attempt.step)

    def conclude(completion: Completion) -> Outcome:
        attempt.disarm()
        record, exception = persist(runtime, attempt, bound, completion, started)
        with here:
            finish(decorators, arguments, record.outcome != "failed")
        outcome = Outcome(record, exception)
        attempt.ended(outcome)
        return outcome

    values = _current_values(runtime, attempt, bound.address)
    with entered(context), current._running(values), flow_as_main(runtime.flow_class):
        try:
            with here:
                completion = run_body(
                    decorators,
                    _wrappers(runtime, attempt, bound),
                    _body(bound, attempt, arguments, here),
                    arguments,
                    after=lambda: check_transition(bound.flow, runtime.graph, attempt.step, attempt.split_limit),
                    timeouts=attempt.timeouts,
                )
        except BaseException as death:
            conclude(Completion(death))
            raise
        return conclude(completion)


def _wrappers(runtime: FlowRuntime, attempt: Attempt, bound: BoundStep) -> list[Layer]:
    """Return the step's user decorators, outermost first: the last one attached."""
    wrappers = runtime.step_function(attempt.step).wrappers
    return [wrapper.layer(attempt.step, bound.flow, bound.inputs) for wrapper in reversed(wrappers)]


def _body(bound: BoundStep, attempt: Attempt, arguments: HookArguments, here: OneProcess) -> Callable[..., Any]:
    if attempt.fallback:
        return lambda *inputs: _refuse_to_run(arguments.max_user_code_retries + 1)
    step = getattr(bound.flow, attempt.step)

    @functools.wraps(step)
    def body(*inputs: Any) -> Any:
        with here:
            return step(*inputs)

    return body


def _refuse_to_run(attempts: int) -> None:
    raise FailureHandledByCatch(
        f"Task execution kept failing over {attempts} attempts. Your code did not raise an exception: "
        "its process died, was killed, or lost contact."
    )


def _hook_arguments(runtime: FlowRuntime, attempt: Attempt, bound: BoundStep) -> HookArguments:
    user_retries, _ = retry_counts(runtime.step_function(attempt.step))
    if attempt.user_retries is not None:
        user_retries = attempt.user_retries
    return HookArguments(
        step_name=attempt.step,
        task_datastore=runtime.store,
        metadata=None,
        run_id=runtime.run_id,
        task_id=bound.address.task,
        flow=bound.flow,
        graph=runtime.graph,
        retry_count=attempt.retry_count,
        max_user_code_retries=user_retries,
        inputs=bound.inputs,
    )


def _context(runtime: FlowRuntime, attempt: Attempt, arguments: HookArguments) -> SystemContext:
    return SystemContext(
        runtime.context,
        flow=arguments.flow,
        task_id=arguments.task_id,
        task_datastore=runtime.store,
        is_cloned=False,
        split_index=attempt.path[-1] if attempt.path else None,
        retry_count=attempt.retry_count,
        max_user_code_retries=arguments.max_user_code_retries,
        inputs=arguments.inputs,
        input_paths=[record.address.pathspec for record in attempt.parents],
    )


def _current_values(runtime: FlowRuntime, attempt: Attempt, address: TaskAddress) -> dict[str, Any]:
    return {
        **runtime.current_names,
        "flow_name": runtime.name,
        "run_id": runtime.run_id,
        "step_name": attempt.step,
        "task_id": address.task,
        "retry_count": attempt.retry_count,
        "origin_run_id": None if runtime.origin is None else runtime.origin.run_id,
        "pathspec": address.pathspec,
        "namespace": runtime.namespace,
        "username": runtime.username,
        "tags": frozenset(runtime.tags),
        "parameter_names": [*runtime.parameters, *runtime.config_values],
        "graph": runtime.graph_info(),
    }
