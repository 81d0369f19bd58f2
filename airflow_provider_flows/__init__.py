"""What a flow's author imports: `from airflow_provider_flows import FlowSpec, step`. Resolves lazily.

Parsing a compiled DAG imports this package, so nothing is loaded until a name is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "FlowSpec": "flow.flowspec",
    "step": "flow.step",
    "Parameter": "flow.parameters",
    "JSONType": "flow.parameters",
    "IncludeFile": "flow.includefile",
    "current": "flow.current",
    "Flow": "client",
    "Run": "client",
    "Step": "client",
    "Task": "client",
    "system_context": "context",
    "ExecutionPhase": "context",
    "StepDecorator": "decorators.base",
    "FlowDecorator": "decorators.base",
}
_STEP_DECORATORS = ("catch", "environment", "resources", "retry", "timeout")
_FLOW_DECORATORS = ("project", "schedule")

__all__ = [*_HOMES, *_STEP_DECORATORS, *_FLOW_DECORATORS]

if TYPE_CHECKING:
    from airflow_provider_flows.client import Flow as Flow
    from airflow_provider_flows.client import Run as Run
    from airflow_provider_flows.client import Step as Step
    from airflow_provider_flows.client import Task as Task
    from airflow_provider_flows.context import ExecutionPhase as ExecutionPhase
    from airflow_provider_flows.context import system_context as system_context
    from airflow_provider_flows.decorators.base import FlowDecorator as FlowDecorator
    from airflow_provider_flows.decorators.base import StepDecorator as StepDecorator
    from airflow_provider_flows.flow.current import current as current
    from airflow_provider_flows.flow.flowspec import FlowSpec as FlowSpec
    from airflow_provider_flows.flow.includefile import IncludeFile as IncludeFile
    from airflow_provider_flows.flow.parameters import JSONType as JSONType
    from airflow_provider_flows.flow.parameters import Parameter as Parameter
    from airflow_provider_flows.flow.step import step as step


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    elif name in _STEP_DECORATORS or name in _FLOW_DECORATORS:
        value = _stock_decorator(name)
    else:
        value = _unsupported(name)
    globals()[name] = value
    return value


def _stock_decorator(name: str) -> Any:
    attach = import_module(f"{__name__}.decorators.attach")
    stock = import_module(f"{__name__}.decorators.stock")
    return attach.step_decorator(stock.STEP[name]) if name in stock.STEP else attach.flow_decorator(stock.FLOW[name])


def _unsupported(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    unsupported = import_module(f"{__name__}.decorators.unsupported")
    if name not in unsupported.UNSUPPORTED:
        raise AttributeError(f"airflow_provider_flows has no name {name!r}; docs/differences.md lists what there is")
    return unsupported.unsupported_decorator(name)
