"""Where modules are that a name would import, found as Python finds them, without running any. LAUNCH phase."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from airflow_provider_flows.local_code import is_local, places

_NEVER = ("__main__", "airflow_provider_flows", "metaflow")


@dataclass(frozen=True)
class Found:
    """A module that its name leads to. `file` is None for packages without `__init__.py`, and for what has no file.

    `folders` are those of a package, in which its submodules are looked for. One that is not `by_name` is loaded, but
    its name does not lead to it: the flow's code has loaded it in a way of its own.
    """

    name: str
    file: str | None = None
    folders: tuple[str, ...] = ()
    is_local: bool = False
    by_name: bool = True

    @property
    def package(self) -> str:
        """The package that its relative imports begin at, `""` for none."""
        return self.name if self.folders else self.name.rpartition(".")[0]


class Modules:
    """The modules that can be imported here with `sys.path` as it is, for a flow in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: dict[str, Found | None] = {}
        importlib.invalidate_caches()  # a file may be younger than the last look at its folder

    def find(self, name: str) -> Found | None:
        """Return the module of a name, None when there is none; a name below an installed package always has one."""
        if name not in self._found:
            self._found[name] = self._find(name) if all(part.isidentifier() for part in name.split(".")) else None
        return self._found[name]

    def loaded(self, module: ModuleType) -> Found:
        """Return a local module that is loaded and has a file."""
        found, file = self.find(module.__name__), module.__file__
        if found is not None and found.file == file:
            return found
        folders = tuple(getattr(module, "__path__", None) or ())
        return Found(module.__name__, file, folders, is_local=True, by_name=False)

    def _find(self, name: str) -> Found | None:
        parent_name = name.rpartition(".")[0]
        if not parent_name:
            return Found(name) if name in _NEVER else self._seen(name, _spec(name, None))
        parent = self.find(parent_name)
        if parent is None:
            return None
        found = self._seen(name, _spec(name, parent.folders) if parent.folders else None)
        return found if parent.is_local else found or Found(name)  # installed packages may make modules as they run

    def _seen(self, name: str, spec: ModuleSpec | None) -> Found | None:
        loaded = places(sys.modules[name]) if name in sys.modules else []
        file = spec.origin if spec is not None and spec.has_location else None
        file = file or next((place for place in loaded if os.path.isfile(place)), None)
        folders = _folders(name, spec)
        if any(is_local(name, place, self._folder) for place in ([file] if file else folders)):
            return Found(name, file, folders, is_local=True, by_name=spec is not None)
        if spec is None and name not in sys.modules and name not in getattr(sys, "stdlib_module_names", ()):
            return None
        return Found(name, file, folders)


def _folders(name: str, spec: ModuleSpec | None) -> tuple[str, ...]:
    """Return the folders of a package; one that is loaded may have added some."""
    found: Iterable[str] = (spec.submodule_search_locations if spec is not None else None) or ()
    loaded: Iterable[str] = getattr(sys.modules.get(name), "__path__", None) or ()
    return tuple(dict.fromkeys(folder for folder in (*found, *loaded) if isinstance(folder, str)))


def _spec(name: str, folders: Sequence[str] | None) -> ModuleSpec | None:
    """Return the spec of a module, from the first of the finders that has one, as `import` asks them."""
    for finder in sys.meta_path:
        try:
            if finder is PathFinder:
                # It asks a package above for its folders, and finds it among the modules that are loaded or not at all.
                spec = _on_path(name, sys.path if folders is None else folders)
            else:
                spec = finder.find_spec(name, folders)
        except Exception:  # finders are other people's code, and some reject names by raising
            continue
        if spec is not None:
            return spec
    return None


def _on_path(name: str, path: Sequence[str]) -> ModuleSpec | None:
    portions: list[str] = []
    for entry in (entry for entry in path if isinstance(entry, str)):  # `import` passes others over
        finder = pkgutil.get_importer(entry or os.getcwd())
        spec = None if finder is None else finder.find_spec(name)
        if spec is None:
            continue
        if spec.loader is not None:
            return spec
        portions += spec.submodule_search_locations or ()
    if not portions:
        return None
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = portions
    return spec
