"""Files that are taken by where they lie, not by what imports them: `--include`, `--package all`. LAUNCH phase."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.local_code import is_environment
from airflow_provider_flows.packaging.layout import tree_of

DEFAULT_SUFFIXES = (".py", ".R", ".RDS")
"""What `--package-suffixes` takes besides, as in Metaflow."""

_CACHES = ("__pycache__", "node_modules")
_COMPILED = (".pyc", ".pyo")
COMPILED_DAG = '"""Airflow DAG of the flow '
"""How every compiled DAG begins."""


def files_below(folder: Path, leave_out: Iterable[Path] = ()) -> Iterator[Path]:
    """Yield the files below a folder, sorted; not those of environments, caches, hidden folders and `leave_out`.

    Links to folders are followed, each folder once.
    """
    unwanted, linked = {str(path) for path in leave_out}, set[str]()
    for place, folders, files in os.walk(folder, followlinks=True):
        folders[:] = sorted(name for name in folders if _is_walked(Path(place, name), unwanted, linked))
        yield from (Path(place, name) for name in sorted(files) if Path(place, name).is_file() and _is_kept(name))


def _is_walked(folder: Path, unwanted: set[str], linked: set[str]) -> bool:
    if folder.name.startswith(".") or folder.name in _CACHES or str(folder) in unwanted or is_environment(folder):
        return False
    if folder.is_symlink():
        target, above = os.path.realpath(folder), folder.parent.resolve()
        if target in linked or Path(target) in (above, *above.parents):
            return False
        linked.add(target)
    return True


def _is_kept(name: str) -> bool:
    return not name.endswith(_COMPILED)


def folder_files(folder: Path, suffixes: Sequence[str], leave_out: Iterable[Path]) -> Iterator[Path]:
    """Yield the files of the flow's folder that end in one of `suffixes`, in whatever case; all, when there are none.

    Hidden files are taken where their whole name is a suffix. DAGs that were compiled into the folder are left out.
    """
    wanted = tuple(suffix.lower() for suffix in suffixes)
    for file in files_below(folder, leave_out):
        name = file.name.lower()
        fits = name in wanted if name.startswith(".") else not wanted or name.endswith(wanted)
        if fits and not is_compiled_dag(file):
            yield file


def is_compiled_dag(file: Path) -> bool:
    """Whether a compile has written the file."""
    if file.suffix != ".py":
        return False
    try:
        with file.open("rb") as stream:
            return stream.read(len(COMPILED_DAG)) == COMPILED_DAG.encode()
    except OSError:
        return False  # whoever packages it will say that it cannot be read


def included(globs: Iterable[str], folder: Path) -> Iterator[Path]:
    """Yield the files that globs match, which begin in the flow's folder and may leave it by `..`.

    UsageError for a glob that matches nothing, and for files far away: those have no place among the others.
    """
    for glob in globs:
        if Path(glob).is_absolute():
            raise UsageError(f"--include {glob}: give the path from {folder.name}/, the flow's folder.")
        try:
            files = [Path(os.path.normpath(file)) for file in folder.glob(glob) if file.is_file()]
        except (ValueError, IndexError) as error:  # pathlib's words for what is not a pattern
            raise UsageError(f"--include {glob!r}: {error}.") from None
        files = [file for file in files if "__pycache__" not in file.parts]
        if not files:
            raise UsageError(f"--include {glob}: no file matches. Paths begin in {folder.name}/, the flow's folder.")
        for file in files:
            _require_inside(file, glob, folder)
        yield from files


def _require_inside(file: Path, glob: str, folder: Path) -> None:
    fixed = [part for part in Path(glob).parent.parts]
    while fixed and any(any(char in part for char in "*?[") for part in fixed):
        fixed.pop()
    homes = (folder, folder.joinpath(*fixed).resolve())
    if not any(file.resolve().is_relative_to(home) for home in homes):
        raise UsageError(f"--include {glob}: {file.name} is a link that leads outside of {homes[-1].name}/.")
    if tree_of(file.parent) != tree_of(folder):
        raise UsageError(f"--include {glob}: {file} lies too far outside of {folder.name}/, the flow's folder.")
