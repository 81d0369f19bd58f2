"""`@catch`: let the flow go on when a step failed for good. Its hooks run in the TASK phase."""

from __future__ import annotations

import sys
from keyword import iskeyword
from typing import Any, ClassVar, Mapping

from airflow_provider_flows.decorators.base import StepDecorator
from airflow_provider_flows.decorators.budget import RetryBudget
from airflow_provider_flows.errors import ExceptionWrapper, InvalidDecoratorAttribute
from airflow_provider_flows.flow.artifacts import EPHEMERAL
from airflow_provider_flows.flow.merge import NEVER_MERGED
from airflow_provider_flows.flow.next_call import Transition
from airflow_provider_flows.flow.tracebacks import describe
from airflow_provider_flows.text import in_short

FALLBACK_RETRIES = 3
"""Tries in which a death of the process is recorded as caught, without running user code (Metaflow 2.19)."""


class CatchDecorator(StepDecorator):
    """Go on after the last retry failed; `var` names an artifact that gets the exception, or None when all went well.

    Artifacts set before the exception stay. With `print_exception` the traceback is printed as well.
    """

    name = "catch"
    defaults: ClassVar[Mapping[str, Any]] = {"var": None, "print_exception": True}

    def step_init(self, flow: Any, graph: Any, step_name: str, *_: Any) -> None:
        node = graph[step_name]
        if node.maps or node.branches:
            what = "foreach split steps" if node.maps else "conditional switch steps"
            raise InvalidDecoratorAttribute(
                f"@catch is defined for the step {step_name!r} but @catch is not supported in {what}: "
                "what would come next is not known when the step fails. Catch in the steps after it."
            )
        var = self.attributes["var"]
        if var and not _is_free(var, type(flow)):
            raise InvalidDecoratorAttribute(
                f"step {step_name!r}: var={in_short(var)} of @catch cannot be the name of an artifact: "
                "choose another name."
            )

    def step_task_retry_count(self) -> tuple[int, int]:
        return 0, FALLBACK_RETRIES

    def task_post_step(self, step_name: str, flow: Any, *_: Any) -> None:
        if self.attributes["var"]:
            setattr(flow, self.attributes["var"], None)

    def task_exception(
        self,
        exception: BaseException,
        step_name: str,
        flow: Any,
        graph: Any,
        retry_count: int,
        max_user_code_retries: int,
    ) -> bool:
        if RetryBudget(max_user_code_retries).retries_user_code(retry_count):
            return False
        wrapper = ExceptionWrapper.of(describe(exception))
        if self.attributes["print_exception"]:
            print(f"@catch caught an exception from {flow}", wrapper, sep="\n", flush=True, file=sys.stdout)
        flow._flows_state.transition = Transition(tuple(graph[step_name].out_funcs))
        flow._catch_exception = wrapper
        if self.attributes["var"]:
            setattr(flow, self.attributes["var"], wrapper)
        return True


def _is_free(name: object, flow_class: type) -> bool:
    """Whether steps can set an artifact of this name: no other attribute of the flow has it."""
    if not isinstance(name, str) or not name.isidentifier() or iskeyword(name):
        return False
    return not name.startswith("__") and name not in NEVER_MERGED | EPHEMERAL and not hasattr(flow_class, name)
