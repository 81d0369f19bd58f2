"""What takes the place of a name that is not there, so that a flow file is read to its end and all is told at once.

Runs while a flow file is imported, in every phase; the flow is rejected afterwards.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import FrameType, ModuleType
from typing import Any

from airflow_provider_flows.graph.guards import caught_at, lets_fail
from airflow_provider_flows.graph.source import Source, Sources
from airflow_provider_flows.local_code import is_ours
from airflow_provider_flows.metaflow_compat.missing import missing_names
from airflow_provider_flows.rejections import reject

_imports: list[_Import] = []
"""The flow files that are being imported, the innermost last."""


class StandIn(ModuleType):
    """Takes every use that flows make of a name while they are imported: as decorator, function, base class, module."""

    is_step = False

    def __getattr__(self, name: str) -> StandIn:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        is_decorator = len(arguments) == 1 and not keywords and callable(arguments[0])
        return arguments[0] if is_decorator and not isinstance(arguments[0], StandIn) else self

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return ()

    def __getitem__(self, key: object) -> StandIn:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was entered."""


class _Import:
    """One import of a flow file: where it began, the files that it came through, the names that are stood in for."""

    def __init__(self, began: FrameType) -> None:
        self._began = began
        self._sources = Sources()
        self.names: dict[str, StandIn] = {}

    def stand_in(self, name: str) -> StandIn | None:
        lines = self._lines()
        if not lines or any(self._is_guarded(source, line) for source, line in lines[1:]):
            return None
        source, line = lines[0]
        for missing in missing_names(source):
            if f"{missing.name}.".startswith(f"{name}.") and missing.first <= line <= missing.last:
                reject(missing.problem)
                return self.names.setdefault(name, StandIn(name))
        return None

    def _lines(self) -> list[tuple[Source, int]]:
        """Return the lines that led to here, the innermost first; none where one of them is in no file."""
        found: list[tuple[Source, int]] = []
        frame: FrameType | None = sys._getframe()
        while frame is not self._began:
            if frame is None:
                return []
            file = frame.f_code.co_filename
            if not is_ours(file) and "importlib" not in file:
                source = self._sources.of(file, frame.f_globals)
                if source is None:
                    return []
                found.append((source, frame.f_lineno))
            frame = frame.f_back
        return found

    @staticmethod
    def _is_guarded(source: Source, line: int) -> bool:
        return lets_fail(caught_at(source.tree, line), "ImportError", "ModuleNotFoundError", "AttributeError")


def stand_in(name: str) -> StandIn | None:
    """Return what takes the place of `metaflow.…`, which is not there, and note it as a problem of the file.

    None where nothing may: no flow file is being imported, or whoever asks can do without the name.
    """
    return _imports[-1].stand_in(name) if _imports else None


@contextlib.contextmanager
def stand_ins() -> Iterator[dict[str, StandIn]]:
    """Let names that are not there have stand-ins while the block runs; yield those that were needed, by name."""
    this = _Import(sys._getframe(2))
    _imports.append(this)
    try:
        yield this.names
    finally:
        _imports.pop()
        for name in this.names:
            module, _, attribute = name.rpartition(".")
            sys.modules.pop(name, None)
            if module in sys.modules:  # where Python puts what it takes for a submodule
                vars(sys.modules[module]).pop(attribute, None)
