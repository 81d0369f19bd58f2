"""What a flow's author imports: `from airflow_provider_flows import FlowSpec, step`. Resolves lazily.

Parsing a compiled DAG imports this package, so nothing is loaded until a name is asked for.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "FlowSpec": "flow.flowspec",
    "step": "flow.step",
    "Parameter": "flow.parameters",
    "JSONType": "flow.value_types",
    "IncludeFile": "flow.includefile",
    "current": "flow.current",
    "DataArtifact": "client",
    "Flow": "client",
    "Metaflow": "client",
    "Run": "client",
    "Step": "client",
    "Task": "client",
    "default_namespace": "client",
    "get_namespace": "client",
    "namespace": "client",
    "system_context": "context",
    "ExecutionPhase": "context",
    "StepDecorator": "decorators.base",
    "FlowDecorator": "decorators.base",
    "Config": "flow.config",
    "ConfigValue": "flow.config_value",
    "config_expr": "flow.config_expression",
    "FlowMutator": "decorators.mutators",
    "MutableFlow": "decorators.mutators",
    "MutableStep": "decorators.mutators",
    "StepMutator": "decorators.mutators",
    "USER_SKIP_STEP": "decorators.user_step",
    "UserStepDecorator": "decorators.user_step",
    "user_step_decorator": "decorators.user_step",
}
_STEP_DECORATORS = (
    *("batch", "card", "catch", "conda", "environment", "kubernetes"),
    *("parallel", "pypi", "resources", "retry", "timeout"),
)
_FLOW_DECORATORS = ("conda_base", "project", "pypi_base", "schedule")

__all__ = [*_HOMES, *_STEP_DECORATORS, *_FLOW_DECORATORS]

if TYPE_CHECKING:
    from airflow_provider_flows.client import DataArtifact as DataArtifact
    from airflow_provider_flows.client import Flow as Flow
    from airflow_provider_flows.client import Metaflow as Metaflow
    from airflow_provider_flows.client import Run as Run
    from airflow_provider_flows.client import Step as Step
    from airflow_provider_flows.client import Task as Task
    from airflow_provider_flows.client import default_namespace as default_namespace
    from airflow_provider_flows.client import get_namespace as get_namespace
    from airflow_provider_flows.client import namespace as namespace
    from airflow_provider_flows.context import ExecutionPhase as ExecutionPhase
    from airflow_provider_flows.context import system_context as system_context
    from airflow_provider_flows.decorators.base import FlowDecorator as FlowDecorator
    from airflow_provider_flows.decorators.base import StepDecorator as StepDecorator
    from airflow_provider_flows.decorators.mutators import FlowMutator as FlowMutator
    from airflow_provider_flows.decorators.mutators import MutableFlow as MutableFlow
    from airflow_provider_flows.decorators.mutators import MutableStep as MutableStep
    from airflow_provider_flows.decorators.mutators import StepMutator as StepMutator
    from airflow_provider_flows.decorators.user_step import USER_SKIP_STEP as USER_SKIP_STEP
    from airflow_provider_flows.decorators.user_step import UserStepDecorator as UserStepDecorator
    from airflow_provider_flows.decorators.user_step import user_step_decorator as user_step_decorator
    from airflow_provider_flows.flow.config import Config as Config
    from airflow_provider_flows.flow.config_expression import config_expr as config_expr
    from airflow_provider_flows.flow.config_value import ConfigValue as ConfigValue
    from airflow_provider_flows.flow.current import current as current
    from airflow_provider_flows.flow.flowspec import FlowSpec as FlowSpec
    from airflow_provider_flows.flow.includefile import IncludeFile as IncludeFile
    from airflow_provider_flows.flow.parameters import Parameter as Parameter
    from airflow_provider_flows.flow.step import step as step
    from airflow_provider_flows.flow.value_types import JSONType as JSONType


def _let_python_find_its_own(script: str) -> None:
    """Let a flow that is started as `python json.py` not be what Python's own code gets when it imports `json`.

    Python puts the folder of the script first on the path; it goes last.
    """
    folder, name = os.path.split(os.path.abspath(script))
    hides = os.path.splitext(name)[0] in getattr(sys, "stdlib_module_names", ())
    if hides and sys.path and os.path.abspath(sys.path[0]) == folder:
        sys.path.append(sys.path.pop(0))


_let_python_find_its_own(getattr(sys.modules.get("__main__"), "__file__", None) or "")


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    elif name in _STEP_DECORATORS or name in _FLOW_DECORATORS:
        value = _builtin_decorator(name)
    else:
        value = _unsupported(name)
    globals()[name] = value
    return value


def _builtin_decorator(name: str) -> Any:
    attach = import_module(f"{__name__}.decorators.attach")
    builtin = import_module(f"{__name__}.decorators.builtin")
    return attach.decorator_function({**builtin.STEP, **builtin.FLOW}[name])


def _unsupported(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    plugins = import_module(f"{__name__}.decorators.plugins").plugin_decorators()
    if name in plugins:
        attach = import_module(f"{__name__}.decorators.attach")
        return attach.decorator_function(plugins[name])
    unsupported = import_module(f"{__name__}.decorators.unsupported")
    if name not in unsupported.UNSUPPORTED:
        names = import_module(f"{__name__}.metaflow_compat.names")
        raise AttributeError(f"airflow_provider_flows has no name {name!r}; {names.PAGE} lists what there is")
    return unsupported.unsupported_decorator(name)
