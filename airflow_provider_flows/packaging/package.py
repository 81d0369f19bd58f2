"""The code of a flow as one mapping of relative paths to contents: `package_flow` is the one way in. LAUNCH phase.

A file that is UTF-8 travels as text, byte for byte (its line ends, a byte order mark and a coding line included); any
other as bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from airflow_provider_flows.context import entered
from airflow_provider_flows.errors import Problem, UsageError
from airflow_provider_flows.flow.config import configs_of
from airflow_provider_flows.flow.loading import LoadedFlow
from airflow_provider_flows.identity import code_digest
from airflow_provider_flows.packaging.notes import notes_on
from airflow_provider_flows.packaging.options import PackageOptions
from airflow_provider_flows.packaging.taken import take
from airflow_provider_flows.setup.decorators import package_decorators
from airflow_provider_flows.setup.launch import LaunchedFlow

LARGEST = 10_000_000
"""Bytes that a flow's code and files may have together; a worker parses them with the DAG file, for each task."""

_SHOWN = 5


@dataclass(frozen=True)
class Package:
    """What travels: contents by path, sorted.

    `entry` is the flow file's path, `paths` are folders that come on `sys.path` behind the flow's own, `origins` the
    files here. `notes` say, a line or more each, what stays here though the flow may need it.
    """

    files: Mapping[str, str | bytes]
    entry: str
    paths: tuple[str, ...]
    origins: Mapping[str, Path]
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        return code_digest(self.files)


@dataclass(frozen=True)
class Unpacked:
    """A package, the folder that its files were written to, and the words of a command line that ask for the same."""

    package: Package
    folder: Path
    words: tuple[str, ...] = ()

    @property
    def origin(self) -> Path:
        """The flow file that was packaged."""
        return self.package.origins[self.package.entry]

    @property
    def file(self) -> Path:
        """The flow file."""
        return self.folder / self.package.entry

    @property
    def paths(self) -> list[Path]:
        return [self.folder / path for path in self.package.paths]


def package_flow(flow: LaunchedFlow, asked: PackageOptions, needed: Mapping[str, Path] | None = None) -> Package:
    """Return the package of a flow; `needed` are files that it needs beside it, such as a parameter's default.

    Their keys are their paths from the flow's folder there. Those that lie in that folder here are among its files.

    Raises UsageError for a glob that matches nothing or leads too far out of the flow's folder, for a file that cannot
    be read, and for more than `LARGEST` bytes.
    """
    extra: dict[str, Path] = dict(needed or {})
    own = [file for file in extra.values() if file.is_relative_to(flow.loaded.folder)]
    with entered(flow.context):
        for decorator in package_decorators(flow.loaded.flow_class, flow.context):
            extra.update((name, Path(file)) for file, name in decorator.add_to_package())
    return package(flow.loaded, asked, own, extra)


def package(
    loaded: LoadedFlow,
    asked: PackageOptions | None = None,
    needed: Iterable[Path] = (),
    extra: Mapping[str, Path] | None = None,
) -> Package:
    """Return the package of a flow that is loaded; `extra` files go beside it, under the paths that are their keys."""
    taken = take(loaded, asked or PackageOptions(), needed)
    entry = PurePosixPath(taken.layout.path_of(loaded.file))
    origins = {taken.layout.path_of(file): file for file in taken.files}
    origins.update(((entry.parent / path).as_posix(), file) for path, file in (extra or {}).items())
    _check_size({path: _size(file) for path, file in origins.items()})
    contents, unreadable = _read(origins, taken.modules.keys())
    _check_size({path: len(data) for path, data in contents.items()})
    files = {path: _text_or_bytes(data) for path, data in contents.items()}
    notes = notes_on(taken, loaded.folder, unreadable, _names_of_configs(loaded))
    return Package(files, entry.as_posix(), taken.paths, origins, tuple(notes))


def _read(origins: Mapping[str, Path], modules: Collection[Path]) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the contents of files, and which modules cannot be read; UsageError for any other file."""
    contents: dict[str, bytes] = {}
    unreadable = []
    for path, file in sorted(origins.items()):
        try:
            contents[path] = file.read_bytes()
        except OSError as error:
            if file not in modules:
                raise UsageError(f"{file}: it should travel and cannot be read: {error.strerror}.") from None
            unreadable.append(Problem(f"it stays here, because it cannot be read: {error.strerror}.", str(file)))
    return contents, unreadable


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _names_of_configs(loaded: LoadedFlow) -> Iterator[str]:
    """Yield the names of the files of configurations: their values travel."""
    for config in configs_of(loaded.flow_class).values():
        if isinstance(config._default, (str, PurePath)):
            yield PurePath(config._default).name


def _text_or_bytes(data: bytes) -> str | bytes:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data


def _check_size(sizes: Mapping[str, int]) -> None:
    total = sum(sizes.values())
    if total <= LARGEST:
        return
    largest = sorted(sizes.items(), key=lambda each: (-each[1], each[0]))[:_SHOWN]
    listed = "\n".join(f"  {size / 1e6:8.1f} MB  {path}" for path, size in largest)
    raise UsageError(
        f"The flow's files have {total / 1e6:.1f} MB together, and a DAG file can carry {LARGEST / 1e6:.0f} MB:\n"
        f"{listed}\nKeep large files in a bucket, or read them with IncludeFile when the run starts."
    )
