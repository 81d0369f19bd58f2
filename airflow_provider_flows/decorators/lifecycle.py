"""The life cycle of a step's body: one function that calls every hook around it, in order. TASK phase.

The order and who may handle a failure are Metaflow 2.19's: all `task_pre_step`, all `task_decorate` (each wraps what
the one before it made), the body, all completion hooks; after any failure every decorator hears of it, none is left
out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Sequence

from airflow_provider_flows.errors import TimeoutException
from airflow_provider_flows.flow.tracebacks import without_our_frames


@dataclass(frozen=True)
class HookArguments:
    """What the legacy hooks of one attempt are given."""

    step_name: str
    task_datastore: Any
    metadata: Any
    run_id: str
    task_id: str
    flow: Any
    graph: Any
    retry_count: int
    max_user_code_retries: int
    inputs: Any = None
    ubf_context: Any = None


@dataclass(frozen=True)
class Completion:
    """How the body ended: `exception` is None when it succeeded; `handled` when a decorator took care of it."""

    exception: BaseException | None = None
    handled: bool = False

    @property
    def ok(self) -> bool:
        return self.exception is None or self.handled


def run_body(
    decorators: Sequence[Any],
    body: Callable[[], Any],
    arguments: HookArguments,
    after: Callable[[], None],
    timeouts: tuple[type[BaseException], ...] = (),
) -> Completion:
    """Run `body` within the hooks of `decorators`; `after` checks what it did, before anything counts as a success.

    Exceptions, and BaseExceptions of the kinds in `timeouts`, are told to the decorators and returned. Others
    (`SystemExit`, `KeyboardInterrupt`) mean the end of the process and pass through.
    """
    failures: tuple[type[BaseException], ...] = (Exception, TimeoutException, *timeouts)
    try:
        for decorator in decorators:
            _pre_step(decorator, arguments)
        for decorator in decorators:
            body = _decorate(decorator, body, arguments)
        body()
        after()
        for decorator in decorators:
            _completed(decorator, arguments)
        return Completion()
    except failures as exception:
        without_our_frames(exception)
        answers = [_failed(decorator, exception, arguments) for decorator in decorators]
        return Completion(exception, any(answers))


def finish(decorators: Sequence[Any], arguments: HookArguments, is_task_ok: bool) -> None:
    """Tell every decorator that the attempt's record is committed."""
    a = arguments
    for decorator in decorators:
        if decorator.task_finished_ctx is not None:
            decorator.task_finished_ctx(a.step_name, is_task_ok)
        else:
            decorator.task_finished(a.step_name, a.flow, a.graph, is_task_ok, a.retry_count, a.max_user_code_retries)


def _pre_step(decorator: Any, a: HookArguments) -> None:
    if decorator.task_pre_step_ctx is not None:
        decorator.task_pre_step_ctx(a.step_name)
    else:
        decorator.task_pre_step(
            a.step_name,
            a.task_datastore,
            a.metadata,
            a.run_id,
            a.task_id,
            a.flow,
            a.graph,
            a.retry_count,
            a.max_user_code_retries,
            a.ubf_context,
            a.inputs,
        )


def _decorate(decorator: Any, body: Callable[[], Any], a: HookArguments) -> Callable[[], Any]:
    if decorator.task_decorate_ctx is not None:
        made = decorator.task_decorate_ctx(a.step_name, body)
    else:
        made = decorator.task_decorate(body, a.flow, a.graph, a.retry_count, a.max_user_code_retries, a.ubf_context)
    return made  # type: ignore[no-any-return]


def _completed(decorator: Any, a: HookArguments) -> None:
    if decorator.task_step_completed_ctx is not None:
        decorator.task_step_completed_ctx(a.step_name)
    else:
        decorator.task_post_step(a.step_name, a.flow, a.graph, a.retry_count, a.max_user_code_retries)


def _failed(decorator: Any, exception: BaseException, a: HookArguments) -> bool:
    if decorator.task_step_completed_ctx is not None:
        return bool(decorator.task_step_completed_ctx(a.step_name, exception=exception))
    return bool(
        decorator.task_exception(exception, a.step_name, a.flow, a.graph, a.retry_count, a.max_user_code_retries)
    )
