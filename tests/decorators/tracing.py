"""Plugin decorators that note each of their hooks, with the phase, the arguments and the context's fields."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable
from typing import Any

from airflow_provider_flows.context import system_context
from airflow_provider_flows.decorators.attach import flow_decorator, step_decorator
from airflow_provider_flows.decorators.base import FlowDecorator, StepDecorator

FIELDS = (
    *("phase", "run_id", "task_id", "split_index", "retry_count", "max_user_code_retries", "is_cloned"),
    *("input_paths", "inputs", "task_datastore", "flow_datastore", "environment", "ubf_context"),
)
FLOW_HOOKS = ("flow_init",)
STEP_HOOKS = (
    *("step_init", "package_init", "runtime_init", "runtime_task_created", "runtime_step_cli", "task_pre_step"),
    *("task_decorate", "task_post_step", "task_exception", "task_finished", "runtime_finished"),
)
OTHERS = ("init", "add_to_package", "step_task_retry_count", "operator_arguments")
COMPLETED = ("task_post_step", "task_exception")

FILE = "FLOWS_TEST_TRACE"
Trace = list[dict[str, Any]]
TRACE: Trace = []


def note(decorator: Any, hook: str, arguments: dict[str, Any]) -> None:
    fields = {name: getattr(system_context, name) for name in FIELDS}
    TRACE.append({"decorator": decorator.name, "hook": hook, "arguments": arguments, "fields": fields})
    if FILE in os.environ:  # several processes: what can be said in JSON goes where all of them can write
        plain = {name: value for name, value in fields.items() if isinstance(value, (str, int, list, type(None)))}
        line = json.dumps({"hook": hook, "phase": str(fields["phase"].value), **plain})
        with open(os.environ[FILE], "a", encoding="utf-8") as stream:
            stream.write(line + "\n")


def _noting(base: type[Any], hook: str) -> Callable[..., Any]:
    """Return a method that notes its call and does what the base class's does."""
    legacy = getattr(base, hook)
    signature = inspect.signature(legacy)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        given = signature.bind(self, *args, **kwargs).arguments
        note(self, hook, {name: value for name, value in given.items() if name != "self"})
        return legacy(self, *args, **kwargs)

    return method


def _noting_ctx(hook: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        note(self, hook, {"args": args, **kwargs})
        return args[-1] if hook == "task_decorate_ctx" else None

    return method


def ctx_of(hook: str) -> str:
    """Return the hook's `_ctx` variant; two completion hooks share one."""
    return "task_step_completed_ctx" if hook in COMPLETED else f"{hook}_ctx"


def step_tracer(name: str, ctx: tuple[str, ...] = (), **methods: Any) -> Any:
    """Return the decorator `@name` of steps that notes all hooks; those in `ctx` by their `_ctx` variants as well."""
    found: dict[str, Any] = {hook: _noting(StepDecorator, hook) for hook in (*STEP_HOOKS, *OTHERS[1:])}
    found.update({ctx_of(hook): _noting_ctx(ctx_of(hook)) for hook in ctx})
    found["init"] = lambda self: note(self, "init", {})
    return step_decorator(type(name, (StepDecorator,), {"name": name, "allow_multiple": True, **found, **methods}))


def flow_tracer(name: str, ctx: bool = False) -> Any:
    """Return the decorator `@name` of flows that notes its hooks."""
    found: dict[str, Any] = {"flow_init": _noting(FlowDecorator, "flow_init")}
    if ctx:
        found["flow_init_ctx"] = _noting_ctx("flow_init_ctx")
    return flow_decorator(type(name, (FlowDecorator,), {"name": name, **found}))


def hooks(trace: Trace, decorator: str | None = None) -> list[str]:
    """Return the names of the hooks in a trace, of one decorator or of all, in order."""
    return [each["hook"] for each in trace if decorator in (None, each["decorator"])]
