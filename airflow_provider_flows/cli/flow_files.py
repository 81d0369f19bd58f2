"""Which flow files somebody means who names files and folders, and which file each one's DAG goes to. LAUNCH phase.

The flow files of a folder are found by their text: who names a folder does not want all scripts in it to run.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.flow.choosing import called, guarded_body
from airflow_provider_flows.graph.syntax import last_name
from airflow_provider_flows.packaging.files import files_below, is_compiled_dag


class FlowFile(NamedTuple):
    """A file to compile; one that is not `named` came from a folder, and may turn out to hold no flow."""

    path: Path
    named: bool = True


def flow_files(named: Iterable[Path]) -> list[FlowFile]:
    """Return the files, and the flow files below the folders, each once; UsageError for a folder without any."""
    found: dict[Path, FlowFile] = {}
    for path in named:
        files = [FlowFile(file, named=False) for file in _of_folder(path)] if path.is_dir() else [FlowFile(path)]
        if not files:
            raise UsageError(f"{path}: there is no flow in this folder. Name the file of one, or another folder.")
        for file in files:
            found.setdefault(file.path.resolve(), file)
    return list(found.values())


def dag_files(flows: Sequence[FlowFile], folder: Path) -> list[Path]:
    """Return the file of each flow's DAG in a folder; UsageError when two would be the same."""
    sources: dict[Path, Path] = {}
    for flow, _ in flows:
        file = folder / flow.name
        if file in sources:
            raise UsageError(f"{sources[file]} and {flow}: the DAGs of both would be {file}. Rename one of them.")
        sources[file] = flow
    return list(sources)


def _of_folder(folder: Path) -> list[Path]:
    """Return the files that define a flow with steps, or start one; but not those whose flow another file starts."""
    files = [file for file in files_below(folder) if file.suffix == ".py" and not file.name.startswith(".")]
    texts = [_Text(file) for file in files if not is_compiled_dag(file)]
    flows = _with_steps([definition for text in texts for definition in text.classes])
    starts = {text.file: (text.starts & flows) - text.names for text in texts}
    elsewhere = {name for names in starts.values() for name in names}
    return [
        text.file
        for text in texts
        if text.is_broken or starts[text.file] or (text.names & flows) - (elsewhere - text.starts)
    ]


def _with_steps(classes: Sequence[ast.ClassDef]) -> set[str]:
    """Return the names of classes with steps: their own, those of another one, or those of a flow from elsewhere."""
    here = {definition.name for definition in classes}
    found = {each.name for each in classes if _has_steps(each) or _is_from_elsewhere(each, here)}
    more = found
    while more:
        more = {each.name for each in classes if each.name not in found and found & set(map(last_name, each.bases))}
        found |= more
    return found


def _has_steps(definition: ast.ClassDef) -> bool:
    methods = (each for each in definition.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return any(last_name(decorator) == "step" for method in methods for decorator in method.decorator_list)


def _is_from_elsewhere(definition: ast.ClassDef, here: set[str]) -> bool:
    return any(name.endswith("Flow") and name not in here for name in map(last_name, definition.bases))


@dataclass(frozen=True)
class _Text:
    """What a Python file's text says of flows."""

    file: Path

    @cached_property
    def _tree(self) -> ast.Module | None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # whoever compiles the file hears of its escapes
                return ast.parse(self.file.read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @property
    def is_broken(self) -> bool:
        """Whether it could be a flow and is no Python: whoever compiles it says why."""
        try:
            return self._tree is None and b"FlowSpec" in self.file.read_bytes()
        except OSError:
            return True

    @cached_property
    def classes(self) -> tuple[ast.ClassDef, ...]:
        nodes: Iterator[ast.AST] = ast.walk(self._tree) if self._tree else iter(())
        return tuple(node for node in nodes if isinstance(node, ast.ClassDef))

    @property
    def names(self) -> set[str]:
        return {definition.name for definition in self.classes}

    @cached_property
    def starts(self) -> set[str]:
        """The names that the file calls when it is run as a script: `MyFlow()`."""
        tree = self._tree
        return set(called([*tree.body, *guarded_body(tree)])) if tree else set()
