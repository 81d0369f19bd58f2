"""`import metaflow` answers with this package, in this process. All phases, while a flow file is loaded and run.

The CLI, the compiler and the operator use `metaflow_names()`; `install()` does the same for good.
Genuine Metaflow stays importable in processes that did not ask, and in this one once the block is left.
"""

from __future__ import annotations

import contextlib
import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Iterator, Mapping, Sequence

PAGE = "docs/differences.md#names"

_CLIENT = ("DataArtifact", "Flow", "Metaflow", "Run", "Step", "Task", "default_namespace", "get_namespace", "namespace")

_SUBMODULES: dict[str, Mapping[str, str]] = {
    "metaflow": {},
    "metaflow.exception": {
        "MetaflowException": "errors.FlowsError",
        "MetaflowExceptionWrapper": "errors.ExceptionWrapper",
        "MetaflowNotFound": "errors.NotFound",
        "MetaflowNamespaceMismatch": "errors.NamespaceMismatch",
        "MetaflowInvalidPathspec": "errors.InvalidPathspec",
        "InvalidNextException": "errors.InvalidNext",
        "UnhandledInMergeArtifactsException": "errors.MergeConflict",
        "MissingInMergeArtifactsException": "errors.MissingInMerge",
        "ParameterFieldFailed": "errors.ParameterError",
        "InvalidDecoratorAttribute": "errors.InvalidDecoratorAttribute",
        "MetaflowDataMissing": "errors.InputsMissing",
    },
    "metaflow.client": {name: f"client.{name}" for name in _CLIENT},
    "metaflow.decorators": {name: f"decorators.base.{name}" for name in ("StepDecorator", "FlowDecorator")},
    "metaflow.client.core": {name: f"client.{name}" for name in _CLIENT},
    "metaflow.flowspec": {"FlowSpec": "flow.flowspec.FlowSpec"},
    "metaflow.includefile": {"IncludeFile": "flow.includefile.IncludeFile"},
    "metaflow.metaflow_current": {"current": "flow.current.current"},
    "metaflow.parameters": {name: f"flow.parameters.{name}" for name in ("JSONType", "Parameter", "ParameterContext")},
    "metaflow.user_decorators": {},
    "metaflow.user_decorators.user_step_decorator": {
        name: f"decorators.user_step.{name}" for name in ("UserStepDecorator", "user_step_decorator", "USER_SKIP_STEP")
    },
    "metaflow.user_decorators.mutable_flow": {"MutableFlow": "decorators.mutators.MutableFlow"},
    "metaflow.user_decorators.mutable_step": {"MutableStep": "decorators.mutators.MutableStep"},
    "metaflow.user_decorators.user_flow_decorator": {"FlowMutator": "decorators.mutators.FlowMutator"},
    "metaflow.plugins": {},
    "metaflow.plugins.catch_decorator": {"FailureHandledByCatch": "errors.FailureHandledByCatch"},
    "metaflow.plugins.timeout_decorator": {"TimeoutException": "errors.TimeoutException"},
    "metaflow.system_context": {"system_context": "context.system_context", "ExecutionPhase": "context.ExecutionPhase"},
}


class _Facade(ModuleType):
    """A module whose names are this package's."""

    def __getattr__(self, name: str) -> Any:
        home = _SUBMODULES[self.__name__].get(name)
        if home is not None:
            module, _, attribute = home.rpartition(".")
            return getattr(import_module(f"airflow_provider_flows.{module}"), attribute)
        if name == "__all__":
            return (
                import_module("airflow_provider_flows").__all__
                if self.__name__ == "metaflow"
                else [*_SUBMODULES[self.__name__]]
            )
        if self.__name__ == "metaflow" and not name.startswith("_"):
            with contextlib.suppress(AttributeError):
                return getattr(import_module("airflow_provider_flows"), name)
        if name.startswith("__"):
            raise AttributeError(name)
        raise ImportError(f"{self.__name__}.{name} is not supported here; {PAGE} lists what is.", name=self.__name__)


class _Finder(MetaPathFinder, Loader):
    """Answers imports of `metaflow` and below."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        if fullname != "metaflow" and not fullname.startswith("metaflow."):
            return None
        if fullname not in _SUBMODULES:
            raise ModuleNotFoundError(f"{fullname} is not supported here; {PAGE} lists what is.", name=fullname)
        return ModuleSpec(fullname, self, is_package=any(name.startswith(f"{fullname}.") for name in _SUBMODULES))

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Facade(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run: names resolve when they are asked for."""


def install() -> None:
    """Let `import metaflow` mean this package from now on."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        _forget_metaflow()
        sys.meta_path.insert(0, _Finder())


@contextlib.contextmanager
def metaflow_names() -> Iterator[None]:
    """Let `import metaflow` mean this package while the block runs; what was imported before it is put back after."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        yield
        return
    before = _forget_metaflow()
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        _forget_metaflow()
        sys.modules.update(before)


def _forget_metaflow() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name == "metaflow" or name.startswith("metaflow.")]
    return {name: sys.modules.pop(name) for name in names}
