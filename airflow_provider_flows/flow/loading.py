"""Load a flow file: import it as a module of its own name, with its folder importable. All phases."""

from __future__ import annotations

import importlib.util
import linecache
import os
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Iterable

from airflow_provider_flows.as_metaflow import metaflow_names
from airflow_provider_flows.errors import FlowNotLoadable, FlowsError, InvalidFlow, Problem
from airflow_provider_flows.flow.flowspec import FlowSpec
from airflow_provider_flows.flow.tracebacks import is_ours


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


def load_flow(file: str | Path, class_name: str | None = None) -> LoadedFlow:
    """Import `file` and return its flow; FlowNotLoadable or InvalidFlow, with file and line, when that fails.

    `class_name` chooses among several.
    """
    path = Path(file).resolve()
    if not path.is_file():
        raise FlowNotLoadable(f"{file}: there is no such file.")
    root = path.parent
    _forget_other_code(root)
    _make_importable(root)
    with metaflow_names():
        module = _import(path, module_name(path))
        flow_class = _choose(path, module, class_name)
    loaded = LoadedFlow(flow_class, path)
    _mark(loaded.modules, root)
    return loaded


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


def _forget_other_code(folder: Path) -> None:
    """Drop modules that an earlier flow's folder gave this process, so that a name means this flow's own file."""
    for name, module in list(sys.modules.items()):
        root = getattr(module, "__flows_folder__", None)
        if root is not None and root != str(folder):
            del sys.modules[name]
            if root in sys.path:
                sys.path.remove(root)


def _import(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise FlowNotLoadable(f"{path.name}: this is not a Python file. Name a file that ends in .py.")
    linecache.checkcache(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except FlowsError:
        sys.modules.pop(name, None)
        raise
    except SyntaxError as error:
        sys.modules.pop(name, None)
        raise InvalidFlow([_syntax_problem(error)]) from None
    except (Exception, SystemExit) as error:
        sys.modules.pop(name, None)
        raise FlowNotLoadable(_import_failure(path, error)) from error
    return module


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


def _mark(modules: Iterable[ModuleType], root: Path) -> None:
    """Note whose modules these are, so that another flow's load can drop them."""
    for module in modules:
        module.__dict__["__flows_folder__"] = str(root)


def _is_local(file: str, root: Path) -> bool:
    if not file.startswith(f"{root}{os.sep}"):
        return False
    parts = Path(file).relative_to(root).parts
    return not any(part in ("site-packages", "dist-packages") or part.startswith(".") for part in parts)


def _syntax_problem(error: SyntaxError) -> Problem:
    column = max((error.offset or 1) - 1, 0)
    end = getattr(error, "end_offset", None)
    end_column = end - 1 if end and getattr(error, "end_lineno", None) == error.lineno else column + 1
    text = (error.text or "").rstrip("\n") or None
    return Problem(f"{error.msg}.", error.filename, error.lineno, column, max(end_column, column + 1), None, text)


def _import_failure(path: Path, error: BaseException) -> str:
    """Say where in the user's own code the import failed, without the frames above it."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "importlib" not in frame.filename and not is_ours(frame.filename)]
    place = f"{own[-1].filename}:{own[-1].lineno}" if own else str(path)
    line = f"\n  {own[-1].line}" if own and own[-1].line else ""
    missing = (
        " Install what is missing, or import it inside the step that needs it."
        if isinstance(error, ImportError)
        else ""
    )
    return f"{place}: the flow could not be imported: {type(error).__name__}: {error}.{missing}{line}"
