"""Load a flow file: a flow class, its file, and what was rejected in it. All phases."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Sequence

from airflow_provider_flows.errors import FlowNotLoadable, InvalidFlow, Problem
from airflow_provider_flows.flow.children import make_importable
from airflow_provider_flows.flow.choosing import choose_flow
from airflow_provider_flows.flow.file_import import import_file, module_name
from airflow_provider_flows.flow.flowspec import FlowSpec
from airflow_provider_flows.flow.import_state import importing
from airflow_provider_flows.local_code import is_below, is_local
from airflow_provider_flows.metaflow_compat import metaflow_names


@dataclass(frozen=True)
class LoadedFlow:
    """A flow class and its file; `before` are the names of the modules that were loaded before it.

    `problems` are what was rejected while it was imported.
    """

    flow_class: type[FlowSpec]
    file: Path
    before: frozenset[str] = field(default=frozenset(), repr=False)
    problems: tuple[Problem, ...] = ()

    @property
    def folder(self) -> Path:
        return self.file.parent

    @property
    def modules(self) -> tuple[ModuleType, ...]:
        """The local modules that are loaded by now: a decorator string may have loaded more."""
        return tuple(module for name, module in list(sys.modules.items()) if self._is_own(name, module))

    def _is_own(self, name: str, module: ModuleType) -> bool:
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or (name in self.before and not is_below(file, self.folder)):
            return False
        return is_local(name, file, self.folder)


def load_flow(file: str | Path, class_name: str | None = None, paths: Sequence[Path] = ()) -> LoadedFlow:
    """Import `file` and return its flow; FlowNotLoadable or InvalidFlow, with file and line, when that fails.

    `class_name` chooses among several. Its folder comes first on `sys.path`, and `paths` behind it.
    """
    loaded = read_flow(file, class_name, paths)
    if loaded.problems:
        raise InvalidFlow(loaded.problems)
    return loaded


def read_flow(file: str | Path, class_name: str | None = None, paths: Sequence[Path] = ()) -> LoadedFlow:
    """Return a flow that was imported although its file holds what is rejected, to be told with all else. LAUNCH."""
    path = _flow_file(Path(file))
    with importing(path.parent, paths) as before, metaflow_names(path.parent, *paths):
        name = module_name(path)
        if name != path.stem:
            make_importable(name, path)
        module, problems = import_file(name, path)
        try:
            flow_class = choose_flow(path, module, class_name)
        except FlowNotLoadable:
            if problems:  # its class may be one of those that were rejected
                raise InvalidFlow(problems) from None
            raise
    return LoadedFlow(flow_class, path, before, problems)


def _flow_file(file: Path) -> Path:
    """Return the resolved path of a Python file; FlowNotLoadable for anything else."""
    if file.is_dir():
        raise FlowNotLoadable(f"{file}: this is a folder. Name the flow's file in it.")
    if not file.exists():
        raise FlowNotLoadable(f"{file}: there is no such file.")
    if file.suffix != ".py":
        raise FlowNotLoadable(f"{file}: this is not a Python file. Name a file that ends in .py.")
    return file.resolve()
