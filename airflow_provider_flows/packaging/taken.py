"""Which files travel and where they come to lie, before any is read. LAUNCH phase."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.machinery import SOURCE_SUFFIXES
from pathlib import Path
from types import ModuleType

from airflow_provider_flows.flow.file_import import module_name
from airflow_provider_flows.flow.loading import LoadedFlow
from airflow_provider_flows.flow.parameters import parameters_of
from airflow_provider_flows.local_code import entry_of, is_installed_folder
from airflow_provider_flows.packaging.closure import Closure, module_at, reach
from airflow_provider_flows.packaging.files import DEFAULT_SUFFIXES, files_below, folder_files, included
from airflow_provider_flows.packaging.find import Found, Modules
from airflow_provider_flows.packaging.imports import POLICY, Imported
from airflow_provider_flows.packaging.layout import Layout
from airflow_provider_flows.packaging.options import PackageOptions


@dataclass(frozen=True)
class Taken:
    """What travels: `files` are all of it, `modules` are those that imports lead to; `paths` are as in a Package.

    Folders that are on `sys.path` stand there without links; links below them are paths like others, so that what is
    imported through one also is where it will run.
    """

    closure: Closure
    modules: Mapping[Path, Found]
    files: frozenset[Path]
    layout: Layout
    paths: tuple[str, ...]


def take(loaded: LoadedFlow, asked: PackageOptions, needed: Iterable[Path]) -> Taken:
    """Return what the flow's imports reach, what was asked for and what is `needed` besides."""
    folder, included_files = loaded.folder, list(included(asked.include, loaded.folder))
    chosen = {*included_files, *needed, *_of_folder(folder, asked)}
    closure = _closure(loaded, included_files)
    modules = {_file_of(module): module for module in closure.modules.values() if module.file}
    packages = dict(_packages(closure))
    whole = {file for module in closure.whole.values() for file in _whole(module)}
    files = {loaded.file, *modules, *chosen, *whole}
    entries = {*(entry for module in modules.values() for entry in _entry(module)), *_entries_to(chosen, folder)}
    beside = {file.parent for file in files if packages.keys().isdisjoint((file, *file.parents))}
    layout = Layout(folder, beside | entries, packages)
    paths = [layout.path_of(entry) for entry in _as_on_path(entries - {folder})]
    if packages:
        paths.append(layout.installed.as_posix())
    return Taken(closure, modules, frozenset(files), layout, tuple(paths))


def _of_folder(folder: Path, asked: PackageOptions) -> Iterator[Path]:
    if asked.whole_folder or asked.suffixes:
        suffixes = (*asked.suffixes, *DEFAULT_SUFFIXES) if asked.suffixes else ()
        yield from folder_files(folder, suffixes, asked.leave_out)


def code_of(loaded: LoadedFlow) -> dict[str, bool]:
    """Return the files of a flow's own code, loaded or not, and whether the flow cannot do without each."""
    closure = _closure(loaded, ())
    return {str(module.file): name in closure.needed for name, module in closure.modules.items() if module.file}


def _closure(loaded: LoadedFlow, chosen: Iterable[Path]) -> Closure:
    modules = Modules(loaded.folder)
    # By the file's name: its flow may come from another module.
    begin = [Found(module_name(loaded.file), str(loaded.file), is_local=True, by_name=False)]
    begin += [modules.loaded(module) for module in loaded.modules if module.__name__ != "__main__"]
    below = [file for file in chosen if file.is_relative_to(loaded.folder)]
    begin += filter(None, (module_at(file, loaded.folder) for file in below))
    declared = [name for name, module in list(sys.modules.items()) if _declares_itself(module)]
    return reach(modules, begin, declared, _parsers(loaded))


def _parsers(loaded: LoadedFlow) -> Iterator[tuple[Found, Imported]]:
    """Yield the imports of the parsers that an IncludeFile names by a text, as the code that has it."""
    for parameter in parameters_of(loaded.flow_class).values():
        parser = parameter.parser
        if isinstance(parser, str) and "." in parser:
            file, line = parameter.source
            yield Found("", file, is_local=True), Imported(parser.rpartition(".")[0], (), line)


def _declares_itself(module: object) -> bool:
    """Whether a loaded module says that all of it shall travel; lazy ones are not woken, and some are no modules."""
    names = object.__getattribute__(module, "__dict__") if issubclass(type(module), ModuleType) else {}
    policy = names.get(POLICY)
    return isinstance(policy, str) and policy == "include"


def _file_of(module: Found) -> Path:
    file = str(module.file)
    return _below(entry_of(module.name, file) or Path(file).parent, Path(file))


def real_folders(module: Found) -> Iterator[Path]:
    """Yield the folders of a package, by their names among the files that travel."""
    for folder in map(Path, module.folders):
        if folder.is_dir():
            yield _below(entry_of(module.name, str(folder)) or folder, folder)


def _below(folder: Path, path: Path) -> Path:
    return folder.resolve() / path.relative_to(folder)


def _entry(module: Found) -> Iterator[Path]:
    """Yield the folder that leads to a module, if it has to be on the path for it."""
    entry = entry_of(module.name, str(module.file)) if module.by_name else None
    if entry is not None:
        yield entry.resolve()


def _entries_to(files: Iterable[Path], folder: Path) -> Iterator[Path]:
    """Yield the folders on the path that lead to files that were asked for: code may import those by any name.

    The folders above the flow's are none of them: how the command was started may have put those there.
    """
    above = {parent for file in files if file.suffix in SOURCE_SUFFIXES for parent in file.parents}
    for entry in map(Path, filter(os.path.isabs, sys.path)):
        real = entry.resolve()
        if real in above and not folder.is_relative_to(real) and not is_installed_folder(str(real)):
            yield real


def _as_on_path(entries: Iterable[Path]) -> list[Path]:
    """Return folders as they stand on `sys.path`; those that only finders know come last."""
    order = {os.path.realpath(entry): place for place, entry in reversed(list(enumerate(sys.path)))}
    return sorted(entries, key=lambda entry: (order.get(str(entry), len(order)), str(entry)))


def _packages(closure: Closure) -> Iterator[tuple[Path, str]]:
    """Yield what lies apart, with its path there: installed packages, and local ones that are called otherwise here."""
    for module in closure.modules.values():
        if module.by_name and "." not in module.name:
            for root in _roots(module):
                if entry_of(module.name, str(root)) is None:
                    yield root.resolve(), _path_of(module.name, root)
    for module in closure.whole.values():
        if not module.is_local:
            for root in _roots(module):
                yield root.resolve(), _path_of(module.name, root)


def _roots(module: Found) -> list[Path]:
    """Return the folders of a package, or the file of a module."""
    if module.file is not None:
        file = Path(module.file)
        return [file.parent if module.folders else file]
    return [Path(folder) for folder in module.folders if os.path.isdir(folder)]


def _path_of(name: str, root: Path) -> str:
    path = name.replace(".", "/")
    return path if root.is_dir() else f"{path}.{root.name.partition('.')[2]}"


def _whole(module: Found) -> Iterator[Path]:
    """Yield all files of a module."""
    for root in _roots(module):
        above = (entry_of(module.name, str(root)) if module.is_local else None) or root
        yield from (_below(above, file) for file in (files_below(root) if root.is_dir() else [root]))
