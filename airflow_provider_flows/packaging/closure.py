"""The local modules that a flow reaches through imports, wherever they stand in its code. LAUNCH phase."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.machinery import SOURCE_SUFFIXES
from pathlib import Path

from airflow_provider_flows.errors import Problem
from airflow_provider_flows.packaging.files import files_below
from airflow_provider_flows.packaging.find import Found, Modules
from airflow_provider_flows.packaging.imports import POLICY, Imported, Source, read_source


@dataclass(frozen=True)
class Closure:
    """What was reached: local modules by name (two names may lead to one file).

    `needed` are those that the flow cannot do without: some import of them expects no failure, nor do those before it.
    `whole` are the modules, also installed ones, of which everything shall travel; `words` the short texts in the code;
    `problems` say which modules cannot be imported, `missing` which imports lead nowhere.
    """

    modules: dict[str, Found] = field(default_factory=dict)
    needed: set[str] = field(default_factory=set)
    whole: dict[str, Found] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    missing: list[Problem] = field(default_factory=list)


def reach(
    modules: Modules, begin: Iterable[Found], declared: Iterable[str] = (), named: Iterable[tuple[Found, Imported]] = ()
) -> Closure:
    """Return the closure of all imports of the local modules in `begin`.

    `declared` are names of loaded modules that shall travel whole; what a module's text says of it is found here.
    `named` are imports that no code of their importers does, but this package for them.
    """
    begin, walk = [*begin], _Walk(modules, frozenset(declared))
    walk.ahead.extend(begin)
    for importer, imported in named:
        walk.follow(imported, importer)
    walk.reach_declared()
    while walk.ahead:
        walk.visit(walk.ahead.popleft())
    walk.find_needed(module.name for module in begin)
    return walk.closure


class _Walk:
    def __init__(self, modules: Modules, declared: frozenset[str]) -> None:
        self._modules, self._declared = modules, declared
        self._sources: dict[str, Source] = {}
        self._missing: set[str] = set()
        self._relied_on: dict[str, set[str]] = {}
        """By module, those that it imports without expecting that to fail."""
        self.ahead: deque[Found] = deque()
        self.closure = Closure()

    def reach_declared(self) -> None:
        for found in filter(None, map(self._modules.find, sorted(self._declared))):
            self._reach(found)

    def visit(self, module: Found) -> None:
        """Take a module, and put what it imports ahead."""
        if module.name in self.closure.modules:
            return
        self.closure.modules[module.name] = module
        source = self._source(module)
        self.closure.words.update(source.words)
        if source.problem is not None and source.problem not in self.closure.problems:  # a file may have two names
            self.closure.problems.append(source.problem)
        if self._is_whole(module):
            self.closure.whole[module.name] = module
            self.ahead.extend(_modules_below(module))
        for imported in source.imports:
            self.follow(imported, module)

    def find_needed(self, names: Iterable[str]) -> None:
        ahead = [*names]
        while ahead:
            name = ahead.pop()
            if name not in self.closure.needed:
                self.closure.needed.add(name)
                ahead.extend(self._relied_on.get(name, ()))

    def follow(self, imported: Imported, importer: Found) -> None:
        """Put what an import leads to ahead, or note that it leads nowhere."""
        found = None
        for name in _with_parents(imported.module):
            found = self._modules.find(name)
            if found is None:
                self._miss(name, imported, importer)
                return
            self._reach(found, imported, importer)
        if found is not None and found.is_local and found.folders:
            names = self._source(found).exports if "*" in imported.names else imported.names
            for each in filter(None, (self._modules.find(f"{found.name}.{name}") for name in names)):
                self._reach(each, imported, importer)

    def _reach(self, found: Found, imported: Imported | None = None, importer: Found | None = None) -> None:
        if found.is_local:
            self.ahead.append(found)
            if imported is not None and importer is not None and not imported.optional:
                self._relied_on.setdefault(importer.name, set()).add(found.name)
        elif found.file is not None and self._is_whole(found):
            top = next(each for each in map(self._modules.find, _with_parents(found.name)) if each and each.file)
            self.closure.whole[top.name] = top

    def _is_whole(self, module: Found) -> bool:
        return module.name in self._declared or self._source(module).includes_itself

    def _source(self, module: Found) -> Source:
        """Return what a module's text says; of an installed one no more than whether it is to be included."""
        if module.name not in self._sources:
            self._sources[module.name] = _read(module)
        return self._sources[module.name]

    def _miss(self, name: str, imported: Imported, importer: Found) -> None:
        stood_in_for = bool(imported.instead_of) and all(map(self._modules.find, imported.instead_of))
        if not imported.optional and not stood_in_for and name not in self._missing:
            self._missing.add(name)
            self.closure.missing.append(Problem(_why_missing(name), importer.file, imported.line))


def _read(module: Found) -> Source:
    if module.file is None or not module.file.endswith(tuple(SOURCE_SUFFIXES)):
        return Source()
    try:
        text = Path(module.file).read_bytes()
    except OSError:
        return Source()  # whoever packages it will say so
    if not module.is_local and POLICY.encode() not in text:
        return Source()
    return read_source(text, module.file, module.name, module.package)


def _with_parents(name: str) -> Iterator[str]:
    """Yield `a`, `a.b`, `a.b.c`; a name with leading dots as it is."""
    parts = [] if name.startswith(".") else name.split(".")[:-1]
    yield from (".".join(parts[: depth + 1]) for depth in range(len(parts)))
    yield name


def _why_missing(name: str) -> str:
    if name.startswith("."):
        return f"{name!r} is a relative import, and this file is in no package that it could be relative to."
    if "." in name:
        return f"{name!r} is imported, and {name.rpartition('.')[0]} has no such module."
    return f"{name!r} is neither packaged, nor of the standard library, nor installed here."


def _modules_below(package: Found) -> Iterator[Found]:
    """Yield all modules of a package that have a text."""
    for folder in map(Path, package.folders):
        for file in files_below(folder):
            module = module_at(file, folder, package.name)
            if module is not None:
                yield module


def module_at(file: Path, folder: Path, package: str = "") -> Found | None:
    """Return the module that a file below the folder of `package` is; None for what has no text or no name."""
    names = file.relative_to(folder).with_suffix("").parts
    if file.suffix not in SOURCE_SUFFIXES or not all(name.isidentifier() for name in names):
        return None
    is_package = names[-1] == "__init__"
    name = ".".join(filter(None, [package, *(names[:-1] if is_package else names)]))
    return Found(name, str(file), (str(file.parent),) if is_package else (), is_local=True) if name else None
