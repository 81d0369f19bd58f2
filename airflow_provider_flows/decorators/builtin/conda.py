"""`@conda` and `@conda_base`: their packages, taken from the Python package index where that is asked for. LAUNCH."""

from __future__ import annotations

from typing import Any, ClassVar, Mapping

from airflow_provider_flows.decorators.builtin.pypi import PypiBaseDecorator, PypiDecorator
from airflow_provider_flows.environments.conda_names import NOT_PYTHON, name_on_pypi, version_on_pypi
from airflow_provider_flows.errors import DecoratorError, UsageError
from airflow_provider_flows.store.settings import setting

_DEFAULTS: Mapping[str, Any] = {"packages": {}, "libraries": {}, "python": None, "disabled": None}


class CondaDecorator(PypiDecorator):
    """`@pypi` with conda's names of packages. `libraries` is an older name of `packages`."""

    name = "conda"
    defaults: ClassVar[Mapping[str, Any]] = _DEFAULTS

    def step_init(self, flow: Any, graph: Any, step_name: str, decorators: Any, *more: Any) -> None:
        super().step_init(flow, graph, step_name, decorators, *more)
        if self.system_ctx.is_launch and self.environment is not None and setting("conda") != "pypi":
            raise DecoratorError(
                f"step {step_name!r}: conda is not supported here. --conda-as pypi, or conda = pypi under [flows] in "
                "Airflow's configuration, takes the packages of @conda from the Python package index; "
                "with disabled=True, the step runs where the flow runs."
            )

    def _packages(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        given = {**attributes.get("libraries", {}), **attributes["packages"]}
        not_python = sorted(name for name in given if name_on_pypi(name).lower() in NOT_PYTHON)
        if not_python:
            raise UsageError(
                f"{not_python[0]!r} is not a Python package, and no package index has it. "
                "Install it on the workers, and leave it out here."
            )
        return {name_on_pypi(name): version_on_pypi(version) for name, version in given.items()}


class CondaBaseDecorator(PypiBaseDecorator):
    """Give every step of the flow an environment with `packages`, as `@conda` does."""

    name = "conda_base"
    defaults: ClassVar[Mapping[str, Any]] = _DEFAULTS
    _of_steps: ClassVar[type[PypiDecorator]] = CondaDecorator
