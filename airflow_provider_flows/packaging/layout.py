"""Where the files of a package lie: as they lie to each other here, under paths that any machine has. LAUNCH phase."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from airflow_provider_flows.errors import FlowNotLoadable

_SHARED = frozenset(map(Path, ("/", "/home", "/Users")))
"""Folders that are above unrelated things on every machine: no layout begins there."""

ELSEWHERE, INSTALLED = "elsewhere", "installed"


def tree_of(path: Path) -> Path:
    """Return the outermost folder above a path that a layout can begin at."""
    return next((folder for folder in (*reversed(path.parents), path) if folder not in _SHARED), path)


class Layout:
    """Gives each file its path in the package.

    The flow's folder and all `folders` that share a tree with it lie as they do here, below their common ancestor: a
    flow that needs nothing from outside of its folder lies at the top. Other trees lie side by side in `elsewhere`.
    `packages` lie in `installed`, at the paths that their names need, whatever they are called here. `top` is that
    common ancestor.
    """

    def __init__(self, folder: Path, folders: Iterable[Path] = (), packages: Mapping[Path, str] | None = None) -> None:
        trees: dict[Path, list[Path]] = {tree_of(folder): [folder]}
        for other in sorted(folders):
            trees.setdefault(tree_of(other), []).append(other)
        roots = [Path(os.path.commonpath(inside)) for inside in trees.values()]
        self.top = roots[0]
        self._places = {self.top: PurePosixPath()}
        for root in roots[1:]:
            self._places[root] = self._free(self._beside(ELSEWHERE) / root.name)
        self.installed = self._beside(INSTALLED)
        self._places.update((place, self.installed / path) for place, path in (packages or {}).items())

    def path_of(self, path: Path) -> str:
        """Return where a file or a folder lies in the package; FlowNotLoadable for names that are no text."""
        known = next(folder for folder in (path, *path.parents) if folder in self._places)
        found = (self._places[known] / path.relative_to(known)).as_posix()
        try:
            found.encode()
        except UnicodeEncodeError:
            raise FlowNotLoadable(f"{found!a}: the file's name is not UTF-8. Rename it.") from None
        return found

    def _beside(self, name: str) -> PurePosixPath:
        """Return the path of a folder at the top that is none of the user's own."""
        while (self.top / name).exists():
            name += "_"
        return PurePosixPath(name)

    def _free(self, wanted: PurePosixPath) -> PurePosixPath:
        taken, path, number = set(self._places.values()), wanted, 2
        while path in taken:
            path, number = wanted.with_name(f"{wanted.name}-{number}"), number + 1
        return path
