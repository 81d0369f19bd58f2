"""Lets a process import no local code but that of one folder: what stays elsewhere is missing here, too. TASK phase."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any, Optional, Sequence

from airflow_provider_flows.local_code import is_below, is_installed_folder, is_local


def import_only_from(folder: Path) -> None:
    """Take other local code off `sys.path`, and reject what finders and later entries of the path still lead to."""
    entries = [entry for entry in sys.path if isinstance(entry, str)]  # others lead nowhere
    sys.path[:] = [entry for entry in entries if is_installed_folder(entry) or is_below(entry, folder)]
    sys.meta_path.insert(0, _Only(folder))


class _Only:
    """Asks the finders behind it, and takes from them what is installed or lies in the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find_spec(self, name: str, path: Optional[Sequence[str]], target: Any = None) -> Optional[ModuleSpec]:
        for finder in sys.meta_path:
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec: Optional[ModuleSpec] = None if find is None else find(name, path, target)
            if spec is not None:
                self._check(spec)
                return spec
        return None

    def _check(self, spec: ModuleSpec) -> None:
        """ModuleNotFoundError for a module that stays outside; a package without a file loses such folders."""
        if spec.has_location and spec.origin is not None and self._stays(spec.name, spec.origin):
            raise ModuleNotFoundError(
                f"No module named {spec.name!r}: {spec.origin} is local code and does not travel with the flow. "
                "Add it with --include, or put it where an import of the flow's leads to it.",
                name=spec.name,
            )
        if not spec.has_location and spec.submodule_search_locations is not None:
            kept = [place for place in spec.submodule_search_locations if not self._stays(spec.name, place)]
            if not kept and spec.submodule_search_locations:
                raise ModuleNotFoundError(f"No module named {spec.name!r}", name=spec.name)
            spec.submodule_search_locations = kept

    def _stays(self, name: str, place: str) -> bool:
        return is_local(name, place, self._folder) and not is_below(place, self._folder)
