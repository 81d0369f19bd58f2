"""`@step`: marks a method as a step of its flow. Runs when the flow file is imported, in every phase."""

from __future__ import annotations

from typing import Any, Callable, TypeVar, overload

from airflow_provider_flows.flow.attachments import attach

StepFunction = TypeVar("StepFunction", bound=Callable[..., Any])


@overload
def step(function: StepFunction) -> StepFunction: ...


@overload
def step(
    *, start: bool = ..., end: bool = ..., node_info: dict[str, Any] | None = ...
) -> Callable[[StepFunction], StepFunction]: ...


def step(
    function: StepFunction | None = None,
    *,
    start: bool = False,
    end: bool = False,
    node_info: dict[str, Any] | None = None,
) -> StepFunction | Callable[[StepFunction], StepFunction]:
    """Mark a method of a FlowSpec as a step; it must be the innermost decorator.

    `start` and `end` name the first and the last step of flows whose steps are not called so.
    """

    def mark(method: StepFunction) -> StepFunction:
        attach(method, start=start, end=end, node_info=node_info)
        return method

    return mark if function is None else mark(function)
