"""Find a decorator by name: our own, a plugin's, or a custom one by its module. LAUNCH and TASK."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from airflow_provider_flows.decorators import builtin
from airflow_provider_flows.decorators.base import StepDecorator
from airflow_provider_flows.decorators.custom import REGISTRY, CustomDecorator
from airflow_provider_flows.decorators.decorator import Decorator
from airflow_provider_flows.decorators.plugins import plugin_decorators
from airflow_provider_flows.decorators.unsupported import UNSUPPORTED, why_not
from airflow_provider_flows.errors import FlowsError, UnknownDecorator, words_of
from airflow_provider_flows.flow.tracebacks import raised_at
from airflow_provider_flows.graph.wording import did_you_mean
from airflow_provider_flows.metaflow_compat import metaflow_names


def find_decorator(
    name: str, where: str, kind: type[Decorator] = StepDecorator
) -> type[Decorator] | type[CustomDecorator]:
    """Return the class of the decorator called `name`; UnknownDecorator names `where` it was asked for.

    A name is our own (`retry`), a plugin's, the end of the full name of a custom decorator that was imported
    (`memoize`, `decos.memoize`), or `module.name` of one to import.
    """
    ours = builtin.STEP if kind is StepDecorator else builtin.FLOW
    if name in ours:
        return ours[name]
    plugins = {key: cls for key, cls in plugin_decorators().items() if issubclass(cls, kind)}
    found = plugins.get(name) or _imported(name, where) or _import(name, where)
    if found is None:
        raise _unknown(name, where, [*ours, *plugins])
    return found


def known_names() -> set[str]:
    """Return the names of all decorators that can be asked for, and of those that are not supported."""
    custom = {full.rpartition(".")[2] for full in _alive()}
    return {*builtin.STEP, *builtin.FLOW, *plugin_decorators(), *UNSUPPORTED, *custom}


def _imported(name: str, where: str) -> type[CustomDecorator] | None:
    found = {full: cls for full, cls in _alive().items() if full == name or full.endswith(f".{name}")}
    if len(found) > 1:
        raise UnknownDecorator(f"{where}: {name!r} could be any of {', '.join(sorted(found))}. Write its full name.")
    return next(iter(found.values()), None)


def _alive() -> dict[str, type[CustomDecorator]]:
    """Return the custom decorators whose modules are still loaded: another flow's were forgotten with its folder."""
    return {full: cls for full, cls in list(REGISTRY.items()) if _is_custom(cls) and _is_in(cls, cls.__module__)}


def _is_in(cls: type[Any], module: str) -> bool:
    names = vars(sys.modules.get(module, object))
    return names.get(cls.__name__) is cls or "." in cls.__qualname__


def _import(name: str, where: str) -> type[CustomDecorator] | None:
    module, _, attribute = name.rpartition(".")
    if not module:
        return None
    try:
        with metaflow_names():
            found = getattr(import_module(module), attribute, None)
    except FlowsError:
        raise
    except Exception as error:
        what = f"could not import the decorator {name!r}: {words_of(error)}"
        raise UnknownDecorator(f"{where}: {what} (at {raised_at(error)})") from error
    return found if _is_custom(found) else None


def _unknown(name: str, where: str, known: list[str]) -> UnknownDecorator:
    if name in UNSUPPORTED:
        return UnknownDecorator(f"{where}: @{name} is not supported here. {why_not(name)}")
    if name in builtin.STEP or name in builtin.FLOW:
        kind = "steps" if name in builtin.STEP else "flows"
        return UnknownDecorator(f"{where}: {name!r} is a decorator of {kind}.")
    module = name.rpartition(".")[0]
    full = [cls.full_name for cls in _alive().values()]
    near = did_you_mean(name, [*known, *full] if module else [*known, *(each.rpartition(".")[2] for each in full)])
    listed = [each for each in full if each.startswith(f"{module}.")] if module in sys.modules else known
    return UnknownDecorator(
        f"{where}: unknown decorator {name!r}.{near} These are supported: {', '.join(sorted(listed)) or 'none'}."
    )


def _is_custom(value: Any) -> bool:
    ours = __name__.partition(".")[0] + "."
    return isinstance(value, type) and issubclass(value, CustomDecorator) and not value.__module__.startswith(ours)
