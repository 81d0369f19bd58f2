"""The code of a flow as one mapping of relative paths to contents. LAUNCH phase, in `flows-compile`.

A file that is UTF-8 travels as text, byte for byte (its line ends, a byte order mark and a coding line included); any
other as bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

from airflow_provider_flows.errors import FlowNotLoadable, UsageError

LARGEST = 10_000_000
"""Bytes that a flow's code and files may have together; a worker parses them with the DAG file, for each task."""

_SHOWN = 5


def package(
    entry: Path, modules: Iterable[ModuleType], include: Iterable[str] = (), extra: Mapping[str, Path] | None = None
) -> dict[str, str | bytes]:
    """Return the flow file, the local ones of `modules` and the files that `include`'s globs match, sorted by path.

    Paths are relative to the flow file's folder and have slashes; `extra` files go under the paths that are their keys.
    Raises UsageError for a glob that matches nothing or leads out of the folder, and for more than `LARGEST` bytes.
    """
    root = entry.parent.resolve()
    found = {entry.resolve(), *_module_files(modules, root), *_included(include, root)}
    sources = {_relative(file, root): file.read_bytes() for file in found}
    sources.update((path, file.read_bytes()) for path, file in (extra or {}).items())
    _check_size(sources)
    return {path: _text_or_bytes(sources[path]) for path in sorted(sources)}


def _module_files(modules: Iterable[ModuleType], root: Path) -> Iterator[Path]:
    for module in modules:
        name = getattr(module, "__file__", None)
        if name and (file := Path(name).resolve()).is_file() and _is_local(file, root):
            yield file


def _is_local(file: Path, root: Path) -> bool:
    """Whether a module's file belongs to the flow: below its folder, and not installed in an environment there."""
    if not file.is_relative_to(root):
        return False
    folders = [root / part for part in file.relative_to(root).parents][:-1]
    return not any(
        folder.name in ("site-packages", "dist-packages") or (folder / "pyvenv.cfg").exists() for folder in folders
    )


def _included(globs: Iterable[str], root: Path) -> Iterator[Path]:
    for glob in globs:
        if Path(glob).is_absolute() or ".." in Path(glob).parts:
            raise UsageError(f"--include {glob}: only files below {root.name}/, the flow's folder, can be included.")
        files = [file for file in root.glob(glob) if file.is_file() and "__pycache__" not in file.parts]
        if not files:
            raise UsageError(f"--include {glob}: no file below {root.name}/, the flow's folder, matches.")
        yield from files


def _relative(file: Path, root: Path) -> str:
    if not file.resolve().is_relative_to(root):
        raise UsageError(
            f"{file.name} lies outside of {root.name}/, the flow's folder. Move it, or a copy of it, there."
        )
    path = file.relative_to(root).as_posix()
    try:
        path.encode()
    except UnicodeEncodeError:
        raise FlowNotLoadable(f"{path!a}: the file's name is not UTF-8. Rename it.") from None
    return path


def _text_or_bytes(data: bytes) -> str | bytes:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data


def _check_size(sources: Mapping[str, bytes]) -> None:
    total = sum(map(len, sources.values()))
    if total <= LARGEST:
        return
    largest = sorted(sources.items(), key=lambda source: (-len(source[1]), source[0]))[:_SHOWN]
    listed = "\n".join(f"  {len(data) / 1e6:8.1f} MB  {path}" for path, data in largest)
    raise UsageError(
        f"The flow's files have {total / 1e6:.1f} MB together, and a DAG file can carry {LARGEST / 1e6:.0f} MB:\n"
        f"{listed}\nKeep large files in a bucket, or read them with IncludeFile when the run starts."
    )
