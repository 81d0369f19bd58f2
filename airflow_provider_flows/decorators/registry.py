"""Find a decorator by name: our own, a plugin's, or a custom one by its module. LAUNCH and TASK."""

from __future__ import annotations

import difflib
from importlib import import_module
from typing import Any

from airflow_provider_flows.decorators import stock
from airflow_provider_flows.decorators.base import StepDecorator
from airflow_provider_flows.decorators.custom import REGISTRY, CustomDecorator
from airflow_provider_flows.decorators.plugins import plugin_decorators
from airflow_provider_flows.decorators.unsupported import UNSUPPORTED, why_not
from airflow_provider_flows.errors import UnknownDecorator


def find_decorator(name: str, where: str, kind: type[Any] = StepDecorator) -> Any:
    """Return the class of the decorator called `name`; UnknownDecorator names `where` it was asked for.

    A name is our own (`retry`), a plugin's, the end of the full name of a custom decorator that was imported
    (`memoize`, `decos.memoize`), or `module.name` of one to import.
    """
    ours = stock.STEP if kind is StepDecorator else stock.FLOW
    if name in ours:
        return ours[name]
    plugins = {key: cls for key, cls in plugin_decorators().items() if issubclass(cls, kind)}
    if name in plugins:
        return plugins[name]
    return _imported(name, where) or _import(name, where, [*ours, *plugins])


def _imported(name: str, where: str) -> type[CustomDecorator] | None:
    found = {full: cls for full, cls in REGISTRY.items() if full == name or full.endswith(f".{name}")}
    if len(found) > 1:
        raise UnknownDecorator(f"{where}: {name!r} could be any of {', '.join(sorted(found))}. Write more of its name.")
    return next(iter(found.values()), None)


def _import(name: str, where: str, known: list[str]) -> Any:
    module, _, attribute = name.rpartition(".")
    if module:
        try:
            found = getattr(import_module(module), attribute, None)
        except ImportError as error:
            raise UnknownDecorator(f"{where}: could not import the decorator {name!r}: {error}.") from error
        if isinstance(found, type) and issubclass(found, CustomDecorator):
            return found
        known = [f"{module}.{key}" for key, value in vars(import_module(module)).items() if _is_custom(value)]
    elif name in UNSUPPORTED:
        raise UnknownDecorator(f"{where}: @{name} is not supported here. {why_not(name)}")
    near = difflib.get_close_matches(name, known, 1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise UnknownDecorator(
        f"{where}: unknown decorator {name!r}.{hint} These are supported: {', '.join(sorted(known)) or 'none'}."
    )


def _is_custom(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, CustomDecorator) and bool(value.decorator_name)
