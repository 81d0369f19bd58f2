"""Bring a flow's decorators to life in this process: attach late ones, call their first hooks. All phases."""

from __future__ import annotations

import contextlib
import logging
from typing import Any, Iterator, Mapping, Sequence

from airflow_provider_flows.context import ExecutionPhase, SystemContext, entered
from airflow_provider_flows.decorators.attach import flow_decorators_of
from airflow_provider_flows.decorators.specs import attach_specs
from airflow_provider_flows.errors import FlowsError, InvalidFlow, Problem
from airflow_provider_flows.flow.flowspec import steps_of


def set_up_decorators(
    flow_class: type,
    graph: Any,
    phase: ExecutionPhase,
    specs: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
    **fields: Any,
) -> SystemContext:
    """Initialise all decorators of a flow and return its context.

    What several decorators complain about is raised together, as one InvalidFlow, each at its own line.
    """
    steps = steps_of(flow_class)
    attach_specs(steps, specs)
    logger = logging.getLogger("airflow_provider_flows")
    flow = flow_class(use_cli=False)
    flow._flows_state.graph = graph
    context = SystemContext(phase=phase, flow=flow, graph=graph, logger=logger, **fields)
    problems: list[Problem] = []
    with entered(context):
        for decorator in flow_decorators_of(flow_class):
            with _collected(problems, decorator):
                _init_flow(decorator, context, dict(options or {}))
        for step in steps:
            context.register_step_decorators(step.name, step.decorators)
        for step in steps:
            for decorator in step.decorators:
                with _collected(problems, decorator):
                    _init_step(decorator, step, context)
    if problems:
        raise InvalidFlow(problems)
    return context


def retry_counts(step: Any) -> tuple[int, int]:
    """Return the step's (retries of user code, fallback retries): the largest of each over its decorators."""
    counts = [decorator.step_task_retry_count() for decorator in step.decorators]
    if any(user is None or fallback is None for user, fallback in counts):
        return 0, 0
    return max((user for user, _ in counts), default=0), max((fallback for _, fallback in counts), default=0)


def _init_flow(decorator: Any, context: SystemContext, options: dict[str, Any]) -> None:
    decorator.external_init()
    if decorator.flow_init_ctx is not None:
        decorator.flow_init_ctx(options)
        return
    c = context
    decorator.flow_init(
        c.flow, c.graph, c.environment, c.flow_datastore, c.metadata, c.logger, c.logger and c.logger.info, options
    )


def _init_step(decorator: Any, step: Any, context: SystemContext) -> None:
    decorator.external_init()
    if decorator.step_init_ctx is not None:
        decorator.step_init_ctx(step.name)
        return
    c = context
    decorator.step_init(c.flow, c.graph, step.name, step.decorators, c.environment, c.flow_datastore, c.logger)


@contextlib.contextmanager
def _collected(problems: list[Problem], decorator: Any) -> Iterator[None]:
    """Note what the decorator complains about, at its own line, instead of raising it."""
    try:
        yield
    except InvalidFlow as error:
        problems.extend(error.problems)
    except FlowsError as error:
        problems.append(decorator.problem(str(error)))
