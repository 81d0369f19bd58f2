"""The files that are not code, lie where packaged code lies, and stay here. LAUNCH phase."""

from __future__ import annotations

import glob
import os
import shlex
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from airflow_provider_flows.packaging.files import files_below
from airflow_provider_flows.packaging.imports import POLICY
from airflow_provider_flows.packaging.layout import tree_of
from airflow_provider_flows.packaging.taken import Taken, real_folders

_FEW = 5
"""Files beside a module that is in no package: more of them are hardly its data."""
_ALIKE = 3
"""Files of one folder and suffix that are named one by one."""
_LOOKED_AT = 5_000
"""Files of a folder at most."""

_CODE = (".py", ".pyi", ".pyx", ".pxd", ".c", ".h", ".cpp", ".so", ".ipynb", ".lock")
_OF_PROJECTS = (
    *("readme", "license", "licence", "notice", "changelog", "contributing", "authors"),
    *("makefile", "requirements", "constraints", "environment.y"),
)
_OF_TOOLS = ("dockerfile", "pyproject.toml", "setup.cfg", "tox.ini", "mypy.ini", "pytest.ini", "py.typed")


def staying(taken: Taken, folder: Path, ignored: frozenset[str]) -> Iterator[str]:
    """Yield a line for each file, or for several that are alike, with what to type so that it travels.

    Told are: the files of packages, but for parts of them that are not packaged; the few files beside other modules;
    and files anywhere in the flow's folder, or near it, that texts in the code name. None of them is called like one of
    `ignored`.
    """

    def stays(file: Path) -> bool:
        return file not in taken.files and file.name not in ignored and _may_be_data(file)

    packages = _outermost({real for module in taken.closure.modules.values() for real in real_folders(module)})
    found = {file for package in packages for file in _of_package(package, taken) if stays(file)}
    places = {file.parent for file in taken.modules if packages.isdisjoint(file.parents)}
    for place in places:
        beside = [file for file in _files_in(place) if stays(file)]
        found.update(beside if len(beside) <= _FEW else ())
    found.update(file for file in _named(taken, folder) if stays(file))
    yield from _lines(found, folder)


def _named(taken: Taken, folder: Path) -> Iterator[Path]:
    """Yield the files that texts in the code name; outside of the flow's folder, by the name of their folder, too."""
    words = {part for word in taken.closure.words for part in word.split("/")}
    for above in {folder, folder.parent, taken.layout.top} if _is_near(folder, folder) else {folder}:
        for file in islice(files_below(above), _LOOKED_AT):
            if file.name in words and (file.parent.name in words or file.is_relative_to(folder)):
                yield file


def _may_be_data(file: Path) -> bool:
    name = file.name.lower()
    return not (name.startswith((".", *_OF_PROJECTS)) or name.endswith(_CODE) or name in _OF_TOOLS)


def _outermost(folders: set[Path]) -> set[Path]:
    return {folder for folder in folders if folders.isdisjoint(folder.parents)}


def _of_package(package: Path, taken: Taken) -> Iterator[Path]:
    """Yield the files of a package, but for folders of modules of which none is packaged, and what is below them."""
    files = list(islice(files_below(package), _LOOKED_AT))
    reached = {folder for module in taken.modules for folder in module.parents}
    unused = {file.parent for file in files if file.suffix == ".py"} - reached
    return (file for file in files if unused.isdisjoint(file.parents))


def _files_in(folder: Path) -> list[Path]:
    """Return the files directly in a folder; none where it cannot be listed, or is an archive."""
    return [Path(folder, name) for _, _, names in islice(os.walk(folder), 1) for name in names]


def _lines(files: Iterable[Path], folder: Path) -> Iterator[str]:
    alike: dict[tuple[Path, str], list[Path]] = {}
    for file in sorted(files):
        alike.setdefault((file.parent, file.suffix), []).append(file)
    for (parent, suffix), several in alike.items():
        if len(several) <= _ALIKE:
            yield from (f"{_shown(file, folder)} stays here; {_way(file, folder)}" for file in several)
        else:
            pattern = parent / f"*{suffix}"
            yield f"{len(several)} files {_shown(pattern, folder)} stay here; {_way(pattern, folder)}"


def _way(file: Path, folder: Path) -> str:
    """Return what to do so that a file, or all that are called like it, travel."""
    if not _is_near(file, folder):
        return f'say {POLICY} = "include" in its package'
    name = file.name if file.name.startswith("*") else glob.escape(file.name)
    pattern = os.path.normpath(os.path.join(glob.escape(_shown(file.parent, folder)), name))
    return f"add --include {shlex.quote(pattern) if chr(39) in pattern else repr(pattern)}"


def _shown(file: Path, folder: Path) -> str:
    return os.path.relpath(file, folder) if _is_near(file, folder) else str(file)


def _is_near(file: Path, folder: Path) -> bool:
    return tree_of(file.parent) == tree_of(folder)
