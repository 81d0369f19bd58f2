"""What a compiled DAG carries of its flow: the code, and all that was decided when it was compiled. LAUNCH phase.

A worker sets the flow up from these alone, whatever its own user, environment and configuration files say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_provider_flows.compiler.dag_plan import FlowCode
from airflow_provider_flows.compiler.locks import locks_of
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.decorators.attach import flow_decorators_of
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.flow.loading import LoadedFlow
from airflow_provider_flows.flow.parameters import Parameter
from airflow_provider_flows.packaging.options import PackageOptions
from airflow_provider_flows.packaging.package import Package, package_flow
from airflow_provider_flows.setup.launch import LaunchedFlow

_USER = "user."
"""How the branches of users begin."""


def package_of(flow: LaunchedFlow, parameters: Mapping[str, Parameter], asked: PackageOptions) -> Package:
    """Return the flow's code, with what its parameters read by default."""
    included = {
        place: file for parameter in parameters.values() for place, file in parameter.files(flow.loaded.folder).items()
    }
    return package_flow(flow, asked, included)


def flow_code(launched: LaunchedFlow, options: CompileOptions, package: Package) -> FlowCode:
    loaded = launched.loaded
    settings = {
        "paths": list(package.paths),
        "decorators": list(launched.specs),
        "options": {key: value for key, value in _pinned_options(loaded, options).items() if value},
        "datastore_root": options.datastore_root,
        "tags": list(options.tags),
        "configs": dict(launched.configs),
        "locks": {} if options.lock_for is None else locks_of(launched.steps, options.lock_for),
    }
    return FlowCode(
        name=loaded.flow_class.__name__,
        entry=package.entry,
        digest=package.digest,
        sources=package.files,
        arguments=tuple((key, value) for key, value in settings.items() if value),
    )


def _project_of(loaded: LoadedFlow) -> Any:
    return next((deco for deco in flow_decorators_of(loaded.flow_class) if deco.name == "project"), None)


def check_flow_options(loaded: LoadedFlow, options: CompileOptions) -> None:
    asked = options.launch.for_flow_decorators
    given = [f"--{key}" for key in ("branch", "production") if asked[key] not in (None, False)]
    if given and _project_of(loaded) is None:
        raise UsageError(
            f"{given[0]} is for flows of a project. Put @project(name=…) above {loaded.flow_class.__name__}."
        )


def users_branch(loaded: LoadedFlow) -> str | None:
    project = _project_of(loaded)
    return project.branch if project is not None and project.branch.startswith(_USER) else None


def _pinned_options(loaded: LoadedFlow, options: CompileOptions) -> dict[str, Any]:
    """Return the options of flow decorators for the worker, where somebody else is the user."""
    branch = users_branch(loaded)
    return {**options.launch.for_flow_decorators, "user": branch and branch.removeprefix(_USER)}
