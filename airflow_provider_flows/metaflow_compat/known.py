"""Whether there is a name of Metaflow, or of this package, and what to use where there is none. Any process."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from airflow_provider_flows.metaflow_compat.names import INSTEAD, MODULES, PAGE

PACKAGE = "airflow_provider_flows"
_FOLDER = Path(__file__).parents[1]
_NEVER_ASKED = ("operators", "compiler", "cli", "local")
"""Rooms of this package that are not imported only to see what is in them."""


def has_module(name: str) -> bool:
    """Whether `import name` works, for a module of Metaflow's or of this package."""
    root, *below = name.split(".")
    if root != PACKAGE:
        return name in MODULES
    file = _FOLDER.joinpath(*below)
    return (file / "__init__.py").is_file() or (bool(below) and file.with_suffix(".py").is_file())


def has_name(module: str, name: str) -> bool:
    """Whether `from module import name` works; decorators that are rejected where they are used are there."""
    if not has_module(module):
        return False
    if name.startswith("__") or has_module(f"{module}.{name}") or name in MODULES.get(module, ()):
        return True
    if module in ("metaflow", PACKAGE):
        return name in import_module(PACKAGE).__all__ or _is_decorator(name)
    if module in MODULES:
        return False
    room = module.split(".")[1]
    return room in _NEVER_ASKED or hasattr(import_module(module), name)


def instead_of(name: str) -> tuple[str, str]:
    """Return what is wrong with asking for `metaflow.…`, which is not there, and what to do."""
    module, _, attribute = name.rpartition(".")
    found = INSTEAD.get(name) or INSTEAD.get(module)
    if found:
        return f"{name} is not supported here.", f"{found}; {PAGE} lists what is there."
    from airflow_provider_flows.graph.wording import suggest  # only where something is wrong

    near = suggest(attribute, _names_of(module), "{0!r}")
    verdict = "does not exist" if name.startswith(f"{PACKAGE}.") else "is not supported here"
    return f"{name} {verdict}.", " ".join(filter(None, [near, f"{PAGE} lists what is there."]))


def rejection(name: str) -> str:
    """Return the same in one sentence, for an ImportError or an AttributeError."""
    found = INSTEAD.get(name) or INSTEAD.get(name.rpartition(".")[0])
    return f"{name} is not supported here{f'. {found}' if found else ''}; {PAGE} lists what is."


def _is_decorator(name: str) -> bool:
    unsupported = import_module(f"{PACKAGE}.decorators.unsupported").UNSUPPORTED
    return name in unsupported or name in import_module(f"{PACKAGE}.decorators.plugins").plugin_decorators()


def _names_of(module: str) -> Iterable[str]:
    own = import_module(PACKAGE).__all__ if module in ("metaflow", PACKAGE) else ()
    return [*own, *MODULES.get(module, ())]
