"""The modules that stand in for Metaflow's, and the finder that answers imports with them. All phases.

Genuine Metaflow stays importable in processes that did not ask, and in this one once the block is left; a flow's own
code gets these modules whenever it asks, in a thread or when the process ends.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from airflow_provider_flows.local_code import is_below, is_local
from airflow_provider_flows.metaflow_compat.known import PACKAGE, rejection
from airflow_provider_flows.metaflow_compat.names import MODULES

if TYPE_CHECKING:
    from importlib.abc import Loader

STAND_IN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stand_in")
"""What a flow's process has on its path for the sake of its children; see the module there."""


class _MetaflowModule(ModuleType):
    """A module whose names are this package's, each looked up whenever it is asked for."""

    def __getattr__(self, name: str) -> Any:
        try:
            return _value(self.__name__, name)
        except AttributeError:
            instead = None if name.startswith("_") else _stand_in(f"{self.__name__}.{name}")
            if instead is None:
                raise
            return instead


def _value(module: str, name: str) -> Any:
    """Return what a name of a module is here; AttributeError, so that `hasattr` and `getattr` work as everywhere.

    (`from module import name` goes on to look for a submodule, and so ends in the finder's ImportError.)
    """
    home = MODULES[module].get(name)
    if home is not None:
        return _at(home)
    if f"{module}.{name}" in MODULES:
        return _module_named(f"{module}.{name}")
    if name == "__all__":
        return _all(module)
    if module == "metaflow" and name == "__version__":
        return _at("metaflow_compat.helpers.get_version")()
    if module == "metaflow" and not name.startswith("_"):
        with contextlib.suppress(AttributeError):
            return _of_package(name)
    raise AttributeError(name if name.startswith("_") else rejection(f"{module}.{name}"))


def _of_package(name: str) -> Any:
    """Return what the package exports, or decorators of plugins and those that are rejected; no room of its own."""
    package = import_module(PACKAGE)
    return getattr(package, name) if name in package.__all__ else package.__getattr__(name)


def _all(module: str) -> list[str]:
    names = list(MODULES[module])
    if module != "metaflow":
        return names
    # `from metaflow import *` gives those that are rejected, too: used, they say what to do instead.
    return [*import_module(PACKAGE).__all__, *names, *_at("decorators.unsupported.UNSUPPORTED")]


def _at(home: str) -> Any:
    module, _, attribute = home.rpartition(".")
    return getattr(import_module(f"{PACKAGE}.{module}"), attribute)


def _stand_in(name: str) -> ModuleType | None:
    from airflow_provider_flows.metaflow_compat.instead import stand_in  # only where a name is missing

    return stand_in(name)


_modules: dict[str, _MetaflowModule] = {}


def _module_named(name: str) -> _MetaflowModule:
    """Return the one module of this name: `metaflow.exception` works after the block, too, where it is asked for."""
    return _modules.setdefault(name, _MetaflowModule(name))


class _Finder:
    """Answers imports of `metaflow` and below. (The base classes for it are in a module that is slow to import.)"""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        if (fullname != "metaflow" and not fullname.startswith("metaflow.")) or not _is_for_us():
            return None
        if fullname not in MODULES:
            instead = _stand_in(fullname)
            if instead is not None:
                return ModuleSpec(fullname, cast("Loader", self), loader_state=instead, is_package=True)
            # Without the name in the error, Python does not take it for an attribute that is missing and words its own.
            raise ModuleNotFoundError(rejection(fullname))
        # All are packages: only then does `from module import name` come here for a name that is not there.
        return ModuleSpec(fullname, cast("Loader", self), is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return cast("ModuleType", spec.loader_state) or _module_named(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run: names resolve when they are asked for."""


_finder = _Finder()
_changing = threading.RLock()
_blocks = 0
"""How many blocks are open in which the names mean this package for everybody."""
_before: dict[str, ModuleType] = {}
"""What of Metaflow was imported before them."""
_folders: set[Path] = set()
"""Where code lies for which the names mean this package for good."""


def install() -> None:
    """Let `import metaflow` mean this package from now on."""
    _open()


@contextlib.contextmanager
def metaflow_names(*folders: Path) -> Iterator[None]:
    """Let `import metaflow` mean this package while the block runs; what was imported before it is put back after.

    For local code below `folders`, it goes on to mean this package, unless somebody else has imported Metaflow.
    """
    _folders.update(folders)
    _open()
    try:
        yield
    finally:
        _close()


def _open() -> None:
    global _blocks
    with _changing:
        if not _blocks:
            _before.update(_forget_metaflow())
            if _finder not in sys.meta_path:
                sys.meta_path.insert(0, _finder)
            if STAND_IN not in sys.path:
                sys.path.insert(0, STAND_IN)
        _blocks += 1


def _close() -> None:
    global _blocks
    with _changing:
        _blocks -= 1
        if not _blocks:
            _forget_metaflow()
            sys.modules.update(_before)
            _before.clear()
            with contextlib.suppress(ValueError):
                sys.path.remove(STAND_IN)


def _forget_metaflow() -> dict[str, ModuleType]:
    if "metaflow" not in sys.modules:
        return {}
    names = [name for name in sys.modules if name == "metaflow" or name.startswith("metaflow.")]
    return {name: sys.modules.pop(name) for name in names}


def _is_for_us() -> bool:
    """Whether who imports gets these modules: everybody in a block, a flow's code always."""
    if _blocks:
        return True
    frame = sys._getframe(2)
    while frame.f_back is not None and "importlib" in frame.f_code.co_filename:
        frame = frame.f_back
    name, file = str(frame.f_globals.get("__name__")), frame.f_code.co_filename
    return any(is_below(file, folder) and is_local(name, file, folder) for folder in _folders)
