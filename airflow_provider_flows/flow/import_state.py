"""What loading a flow leaves in this process, which the next flow must not find: modules, and where they came from.

All phases. Both stay after the flow is loaded, because steps import as they run.
"""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Iterable, Iterator, Sequence

from airflow_provider_flows.local_code import is_below, is_local, is_local_module, places, plain


@dataclass
class _Left:
    """What the flow that was loaded last has left: entries of `sys.path`, and local modules."""

    entries: list[str] = field(default_factory=list)
    folders: frozenset[Path] = frozenset()
    """Those entries that nobody else had put there: all modules below them are the flow's."""
    known: frozenset[str] = frozenset()
    """The modules that were there before it."""
    names: set[str] = field(default_factory=set)
    """The local modules that it loaded, wherever they lie; more of them may lie below its folders by now."""


_left = _Left()


@contextlib.contextmanager
def importing(folder: Path, paths: Sequence[Path] = ()) -> Iterator[frozenset[str]]:
    """Let a flow's file be imported: its folder comes first on the path, `paths` next; yield the modules before it.

    What an earlier flow left is gone, so a name means this flow's own code, and what this flow imports is not mixed up
    with what another one did. Modules that steps imported later, and folders without an `__init__.py`, are among them.
    """
    global _left
    _forget(_left)
    known, own = frozenset(sys.modules), [str(folder), *map(str, paths)]
    others = [entry for entry in sys.path if entry not in own]
    sys.path[:] = [*own, *others]
    try:
        yield known
    finally:
        new = [(name, module) for name, module in list(sys.modules.items()) if name not in known]
        names = {name for name, module in new if is_local_module(name, module, folder)}
        entries = [entry for entry in _more(sys.path, others) if isinstance(entry, str)]
        folders = frozenset(Path(plain(entry)) for entry in entries if entry not in others)
        _left = _Left(entries, folders, known, names)


def _more(now: Iterable[str], before: Iterable[str]) -> list[str]:
    """Return what is in a list more often than it was before."""
    return list((Counter(now) - Counter(before)).elements())


def _forget(left: _Left) -> None:
    new = [(name, module) for name, module in list(sys.modules.items()) if name not in left.known]
    # All at once: a folder below another can say where it is only while that one is there.
    gone = left.names.union(
        *({name for name, module in new if _lies_below(name, module, root)} for root in map(Path, left.folders))
    )
    for name in gone - {"__main__"}:
        sys.modules.pop(name, None)
    for entry in left.entries:
        if entry in sys.path:
            sys.path.remove(entry)


def _lies_below(name: str, module: ModuleType, root: Path) -> bool:
    return any(is_below(place, root) and is_local(name, place, root) for place in places(module))


def modules_from_elsewhere(folder: Path) -> list[str]:
    """Return the names of all loaded modules that are neither local code of a flow in `folder` nor this package's.

    Oldest first.
    """
    ours = ("__main__", "metaflow", "airflow_provider_flows")
    return [
        name
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] not in ours and not is_local_module(name, module, folder)
    ]
