"""Load a flow file: import it as a module of its own name, with its folder importable. All phases."""

from __future__ import annotations

import linecache
import os
import sys
import traceback
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import decode_source, module_from_spec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Iterable, Sequence

from airflow_provider_flows.errors import FlowNotLoadable, FlowsError, InvalidFlow, Problem
from airflow_provider_flows.facade import metaflow_names
from airflow_provider_flows.facade.names import PAGE
from airflow_provider_flows.flow.flowspec import FlowSpec
from airflow_provider_flows.flow.refusals import refusals_kept
from airflow_provider_flows.flow.tracebacks import is_ours

_STDLIB = os.path.dirname(os.__file__) + os.sep
_folders: set[str] = set()
"""The folders of flows that this process has loaded, and whose modules it may hold."""


@dataclass(frozen=True)
class LoadedFlow:
    """A flow class and its file."""

    flow_class: type[FlowSpec]
    file: Path

    @property
    def folder(self) -> Path:
        return self.file.parent

    @property
    def modules(self) -> tuple[ModuleType, ...]:
        """The modules below the folder that are loaded by now: a decorator string may have loaded more."""
        return _modules_below(self.folder)


def modules_from_elsewhere(folder: Path) -> list[str]:
    """Return the names of all loaded modules that are neither a flow's in `folder` nor this package's, oldest first."""
    ours = ("__main__", "metaflow", "airflow_provider_flows")
    return [
        name
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] not in ours and not any(_is_local(place, folder) for place in _places(module))
    ]


def load_flow(file: str | Path, class_name: str | None = None) -> LoadedFlow:
    """Import `file` and return its flow; FlowNotLoadable or InvalidFlow, with file and line, when that fails.

    `class_name` chooses among several.
    """
    path = _flow_file(Path(file))
    root = path.parent
    _forget_earlier_code(root)
    _make_importable(root)
    with metaflow_names():
        module = _import(path, module_name(path))
        flow_class = _choose(path, module, class_name)
    return LoadedFlow(flow_class, path)


def _flow_file(file: Path) -> Path:
    """Return the resolved path of a Python file; FlowNotLoadable for anything else."""
    if file.is_dir():
        raise FlowNotLoadable(f"{file}: this is a folder. Name the flow's file in it.")
    if not file.exists():
        raise FlowNotLoadable(f"{file}: there is no such file.")
    if file.suffix != ".py":
        raise FlowNotLoadable(f"{file}: this is not a Python file. Name a file that ends in .py.")
    return file.resolve()


def module_name(path: Path) -> str:
    """Return the name a flow file is imported by: its stem, unless that would hide another module."""
    stem = path.stem if path.stem.isidentifier() else "flow_" + "".join(c if c.isalnum() else "_" for c in path.stem)
    loaded = sys.modules.get(stem)
    taken = loaded is not None and Path(getattr(loaded, "__file__", None) or "").resolve() != path
    builtin = stem in getattr(sys, "stdlib_module_names", ()) or stem in (
        "metaflow",
        "airflow",
        "airflow_provider_flows",
    )
    return f"flow_{stem}" if taken or builtin else stem


def _make_importable(folder: Path) -> None:
    """Put `folder` first on the path and leave it there, because steps import as they run."""
    text = str(folder)
    if text in sys.path:
        sys.path.remove(text)
    sys.path.insert(0, text)


def _forget_earlier_code(folder: Path) -> None:
    """Drop modules that the folders of flows loaded before gave this process.

    So a name means this flow's own file, and what this flow imports is not mixed up with what another of its folder
    did. Modules that steps imported later, and folders without an `__init__.py`, are among them.
    """
    for root in _folders:
        modules = list(sys.modules.items())
        gone = [name for name, module in modules if any(_is_local(place, Path(root)) for place in _places(module))]
        # All at once: a folder below another can say where it is only while that one is there.
        for name in set(gone) - {"__main__"}:
            sys.modules.pop(name, None)
        if root in sys.path:
            sys.path.remove(root)
    _folders.clear()
    _folders.add(str(folder))


def _places(module: ModuleType) -> list[str]:
    """Return the file of a module, or the folders of a package without one."""
    file = getattr(module, "__file__", None)
    places = [file] if file is not None else list(getattr(module, "__path__", None) or ())
    return [place for place in places if isinstance(place, str)]


class _Loader(SourceFileLoader):
    """Compiles the flow file anew each time: a cached one would be stale when it is changed within a second."""

    def get_code(self, fullname: str) -> CodeType:
        try:
            source = decode_source(self.get_data(self.path))
        except (UnicodeDecodeError, SyntaxError) as error:
            fix = "Save the file as UTF-8, or name its encoding in the first line."
            raise InvalidFlow([Problem(f"its text cannot be decoded: {error}.", self.path, fix=fix)]) from None
        return compile(source, self.path, "exec", dont_inherit=True)


def _import(path: Path, name: str) -> ModuleType:
    loader = _Loader(name, str(path))
    linecache.checkcache(str(path))
    module = module_from_spec(ModuleSpec(name, loader, origin=str(path)))
    module.__file__ = str(path)
    sys.modules[name] = module
    with refusals_kept() as problems:
        try:
            loader.exec_module(module)
        except BaseException as error:
            sys.modules.pop(name, None)
            if not isinstance(error, (Exception, SystemExit)):
                raise
            if not problems and not isinstance(error, (SyntaxError, InvalidFlow)):
                if isinstance(error, FlowsError):
                    raise
                raise FlowNotLoadable(_import_failure(path, error)) from error
            problems.extend(_problems(path, error))
    if problems:
        sys.modules.pop(name, None)
        raise InvalidFlow(problems)
    return module


def _problems(path: Path, error: BaseException) -> Sequence[Problem]:
    if isinstance(error, SyntaxError):
        return [_syntax_problem(path, error)]
    if isinstance(error, InvalidFlow):
        return error.problems
    return [Problem(str(error) if isinstance(error, FlowsError) else _import_failure(path, error))]


def _choose(path: Path, module: ModuleType, class_name: str | None) -> type[FlowSpec]:
    flows = {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, FlowSpec) and value.__module__ == module.__name__
    }
    bases = {base for flow in flows.values() for base in flow.__mro__[1:]}
    leaves = {name: flow for name, flow in flows.items() if flow not in bases}
    if class_name is not None:
        if class_name not in flows:
            raise FlowNotLoadable(f"{path.name}: there is no flow {class_name!r}. It has: {_listed(flows)}.")
        return flows[class_name]
    if len(leaves) == 1:
        return next(iter(leaves.values()))
    if not leaves:
        raise FlowNotLoadable(f"{path.name}: there is no flow in it. Define a class that extends FlowSpec.")
    raise FlowNotLoadable(
        f"{path.name}: there are several flows in it: {_listed(leaves)}. Choose one with --class NAME."
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _modules_below(root: Path) -> tuple[ModuleType, ...]:
    """Return the loaded modules whose files lie under `root`."""
    named = ((module, getattr(module, "__file__", None)) for module in list(sys.modules.values()))
    return tuple(module for module, file in named if isinstance(file, str) and _is_local(file, root))


def _is_local(file: str, root: Path) -> bool:
    """Whether a file belongs to the flow in `root`: not to this package, nor to Python or an environment below it."""
    inside = f"{root}{os.sep}" if root.parent != root else str(root)
    if not file.startswith(inside) or is_ours(file) or (file.startswith(_STDLIB) and not inside.startswith(_STDLIB)):
        return False
    parts = Path(file).relative_to(root).parts
    return not any(part in ("site-packages", "dist-packages") or part.startswith(".") for part in parts)


def _syntax_problem(path: Path, error: SyntaxError) -> Problem:
    column = max((error.offset or 1) - 1, 0)
    end = getattr(error, "end_offset", None)
    end_column = end - 1 if end and getattr(error, "end_lineno", None) == error.lineno else column + 1
    text = (error.text or "").rstrip("\n") or None
    return Problem(
        f"{error.msg}.", error.filename or str(path), error.lineno, column, max(end_column, column + 1), None, text
    )


def _import_failure(path: Path, error: BaseException) -> str:
    """Say where in the user's own code the import failed, without the frames above it."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "importlib" not in frame.filename and not is_ours(frame.filename)]
    place = f"{own[-1].filename}:{own[-1].lineno}" if own else str(path)
    line = f"\n  {own[-1].line}" if own and own[-1].line else ""
    is_missing = isinstance(error, ImportError) and PAGE not in str(error)  # which says itself what to do
    fix = " Install what is missing, or import it inside the step that needs it." if is_missing else ""
    reason = str(error).rstrip(".")
    return f"{place}: the flow could not be imported: {type(error).__name__}: {reason}.{fix}{line}"
