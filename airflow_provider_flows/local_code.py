"""Whose a file is: the flow's own, which travels with it, this package's, or one that is installed. All phases."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path, PurePath
from types import ModuleType

_OUR_FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep
_STDLIB = os.path.dirname(os.__file__) + os.sep
_STDLIB_ARCHIVE = f"python{sys.version_info[0]}{sys.version_info[1]}.zip"
_INSTALLED = ("site-packages", "dist-packages")
_OF_THE_WORKER = frozenset({"airflow", "airflow_provider_flows", "metaflow"})


def is_ours(file: str) -> bool:
    """Whether a file is this package's."""
    return file.startswith(_OUR_FOLDER)


def is_local(name: str, place: str, folder: Path) -> bool:
    """Whether a module is local code of the flow in `folder`; `place` is its file, or its folder when it has no file.

    Local is what lies below the flow's folder, but for environments and hidden folders there. Local is also what lies
    elsewhere, unless it belongs to Python, to this package or to an installed distribution: the sources of an
    editable install are local.
    """
    place = plain(place)
    if is_ours(place) or not os.path.isabs(place):  # some finders of editable installs have places that are no paths
        return False
    if is_below(place, folder):
        is_python = place.startswith(_STDLIB) and not f"{folder}{os.sep}".startswith(_STDLIB)
        return not is_python and not in_environment(Path(place), folder)
    return name.partition(".")[0] not in _OF_THE_WORKER and not _is_installed(name, place)


def plain(path: str) -> str:
    """Return a path without `..`, which those have that code computes from `__file__`."""
    return os.path.realpath(path) if f"{os.sep}.." in path else path


def is_below(place: str, folder: Path) -> bool:
    """Whether a path lies below a folder, as the two are written but for `..`."""
    return plain(place).startswith(f"{folder}{os.sep}" if folder.parent != folder else str(folder))


def is_local_module(name: str, module: ModuleType, folder: Path) -> bool:
    """Whether a loaded module is local code of the flow in `folder`."""
    return any(is_local(name, place, folder) for place in places(module))


def places(module: ModuleType) -> list[str]:
    """Return the file of a module, or the folders of a package without one."""
    file = getattr(module, "__file__", None)
    found = [file] if file is not None else list(getattr(module, "__path__", None) or ())
    return [place for place in found if isinstance(place, str)]


def in_environment(path: Path, folder: Path) -> bool:
    """Whether a path below `folder` lies in an environment there, or in a hidden folder."""
    parts = path.relative_to(folder).parts
    if any(part in _INSTALLED or part.startswith(".") for part in parts):
        return True
    return any(is_environment(folder.joinpath(*parts[:depth])) for depth in range(1, len(parts)))


def is_environment(folder: Path) -> bool:
    """Whether a folder is an environment that Python packages are installed in."""
    return folder.name in _INSTALLED or (folder / "pyvenv.cfg").exists() or (folder / "conda-meta").exists()


def entry_of(name: str, place: str) -> Path | None:
    """Return the folder through which `sys.path` leads to a module; None where its place does not bear its name."""
    path, names = PurePath(place), tuple(name.split("."))
    path = path.parent if path.name.partition(".")[0] == "__init__" else path.with_name(path.name.partition(".")[0])
    return Path(*path.parts[: -len(names)]) if path.parts[-len(names) :] == names else None


def is_installed_folder(entry: str) -> bool:
    """Whether an entry of `sys.path` leads to Python's own modules, to installed ones or to this package."""
    inside = plain(entry) + os.sep
    return (
        inside.startswith(_STDLIB)
        or os.path.basename(entry) == _STDLIB_ARCHIVE
        or any(f"{os.sep}{part}{os.sep}" in inside for part in _INSTALLED)
        or _holds_distributions(entry)
        or is_ours(os.path.join(entry, __name__.partition(".")[0], ""))
    )


def _is_installed(name: str, place: str) -> bool:
    if place.startswith(_STDLIB) or any(f"{os.sep}{part}{os.sep}" in place for part in _INSTALLED):
        return True
    entry = entry_of(name, place)
    return ".egg" + os.sep in place or (entry is not None and _holds_distributions(str(entry)))


@cache
def _holds_distributions(folder: str) -> bool:
    """Whether distributions were installed into a folder on the path: `pip install --target` leaves their records."""
    try:
        return any(name.endswith(".dist-info") for name in os.listdir(folder))
    except OSError:
        return False
