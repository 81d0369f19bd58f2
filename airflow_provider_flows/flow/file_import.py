"""Import one file of a flow as a module of its own name, and say what keeps that from working. All phases."""

from __future__ import annotations

import linecache
import sys
import traceback
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import decode_source, module_from_spec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Sequence

from airflow_provider_flows.errors import FlowNotLoadable, FlowsError, InvalidFlow, Problem, message_of
from airflow_provider_flows.flow.process import OneProcess
from airflow_provider_flows.local_code import is_ours
from airflow_provider_flows.metaflow_compat.instead import stand_ins
from airflow_provider_flows.metaflow_compat.names import PAGE
from airflow_provider_flows.rejections import rejections_kept


def module_name(path: Path) -> str:
    """Return the name a flow file is imported by: its stem, unless that would hide another module, or has dots."""
    stem = path.stem if "." not in path.stem else "flow_" + path.stem.replace(".", "_")
    loaded = sys.modules.get(stem)
    taken = loaded is not None and Path(getattr(loaded, "__file__", None) or "").resolve() != path
    builtin = stem in getattr(sys, "stdlib_module_names", ()) or stem in (
        "metaflow",
        "airflow",
        "airflow_provider_flows",
    )
    return f"flow_{stem}" if taken or builtin else stem


class _Loader(SourceFileLoader):
    """Compiles the flow file anew each time: a cached one would be stale when it is changed within a second."""

    def get_code(self, fullname: str) -> CodeType:
        try:
            source = decode_source(self.get_data(self.path))
        except (UnicodeDecodeError, SyntaxError) as error:
            fix = "Save the file as UTF-8, or name its encoding in the first line."
            raise InvalidFlow([Problem(f"its text cannot be decoded: {error}.", self.path, fix=fix)]) from None
        return compile(source, self.path, "exec", dont_inherit=True)


def import_as(name: str, file: str | Path) -> ModuleType:
    """Import a flow's file anew, by this name; FlowNotLoadable or InvalidFlow when that fails."""
    module, problems = import_file(name, Path(file))
    if problems:
        raise InvalidFlow(problems)
    return module


def import_file(name: str, path: Path) -> tuple[ModuleType, tuple[Problem, ...]]:
    """Return the file's module, and what was rejected in it; what ends the import is raised with that."""
    loader = _Loader(name, str(path))
    linecache.checkcache(str(path))
    module = module_from_spec(ModuleSpec(name, loader, origin=str(path)))
    module.__file__ = str(path)
    sys.modules[name] = module
    with rejections_kept() as problems, stand_ins() as needed:
        try:
            with OneProcess():
                loader.exec_module(module)
        except BaseException as error:
            sys.modules.pop(name, None)
            if not isinstance(error, (Exception, SystemExit)):
                raise
            if not problems and not isinstance(error, (SyntaxError, InvalidFlow)):
                if isinstance(error, FlowsError):
                    raise
                raise FlowNotLoadable(_import_failure(path, error)) from error
            if not needed or isinstance(error, (FlowsError, ImportError, SyntaxError)):  # else a stand-in is to blame
                problems.extend(_problems(path, error))
            raise InvalidFlow(dict.fromkeys(problems)) from None
    return module, tuple(dict.fromkeys(problems))


def _problems(path: Path, error: BaseException) -> Sequence[Problem]:
    if isinstance(error, SyntaxError):
        return [syntax_problem(str(path), error)]
    if isinstance(error, InvalidFlow):
        return error.problems
    return [Problem(str(error) if isinstance(error, FlowsError) else _import_failure(path, error))]


def syntax_problem(file: str, error: SyntaxError) -> Problem:
    """Return where a file is no Python, and why."""
    column = max((error.offset or 1) - 1, 0)
    end = getattr(error, "end_offset", None)
    end_column = end - 1 if end and getattr(error, "end_lineno", None) == error.lineno else column + 1
    text = (error.text or "").rstrip("\n") or None
    return Problem(
        f"{error.msg}.", error.filename or file, error.lineno, column, max(end_column, column + 1), None, text
    )


def _import_failure(path: Path, error: BaseException) -> str:
    """Say where in the user's own code the import failed, without the frames above it."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "importlib" not in frame.filename and not is_ours(frame.filename)]
    place = f"{own[-1].filename}:{own[-1].lineno}" if own else str(path)
    line = f"\n  {own[-1].line}" if own and own[-1].line else ""
    is_missing = isinstance(error, ImportError) and PAGE not in message_of(error)  # which says itself what to do
    fix = " Install what is missing, or import it inside the step that needs it." if is_missing else ""
    reason = message_of(error).rstrip(".")
    return f"{place}: the flow could not be imported: {type(error).__name__}: {reason}.{fix}{line}"
