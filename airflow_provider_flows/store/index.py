"""Runs by time: empty objects whose names sort, so the newest are found without listing them all. Any process.

Times are microseconds since 1970. Clocks stand still, are set back, and differ between machines; so a new mark's time
is after the newest there is, and marks sort as they were made.
"""

from __future__ import annotations

import re
import time
from typing import Iterator, Sequence

from airflow_provider_flows.store import layout
from airflow_provider_flows.store.backend import Backend

STARTED, SUCCEEDED = "started", "succeeded"
_FOLDERS = tuple(re.compile(f"[0-9]{{{digits}}}/") for digits in (4, 2, 2, 4))
"""Year, month, day, minute of the day: few enough names in each folder."""
_MARK = re.compile(r"([0-9]{16})\.(.*[^/])")


def next_time(backend: Backend, flow: str, kind: str) -> int:
    """Return the time of a mark that is made now: later than all others."""
    newest = next(_marks(backend, flow, kind), None)
    now = time.time_ns() // 1000
    return now if newest is None else max(now, newest[0] + 1)


def mark(backend: Backend, flow: str, kind: str, run: str, micros: int | None = None) -> None:
    """Note that a run started or succeeded now. A run may be marked several times; its newest mark counts."""
    micros = next_time(backend, flow, kind) if micros is None else micros
    minute = time.strftime("%Y/%m/%d/%H%M", time.gmtime(micros // 1_000_000))
    backend.put(f"{layout.index(flow, kind)}/{minute}/{micros:016d}.{layout.component(run)}", b"")


def newest_first(backend: Backend, flow: str, kind: str) -> Iterator[str]:
    """Yield each marked run once, listing only the folders that the caller gets to."""
    seen = set()
    for _, run in _marks(backend, flow, kind):
        if run not in seen:
            seen.add(run)
            yield run


def _marks(backend: Backend, flow: str, kind: str) -> Iterator[tuple[int, str]]:
    """Yield the time and the run of each mark, newest first; what is not a mark does not belong to the store."""
    for name in _descend(backend, layout.index(flow, kind), _FOLDERS):
        found = _MARK.fullmatch(name)
        run = layout.name_of(found[2]) if found else None
        if found and run is not None:
            yield int(found[1]), run


def _descend(backend: Backend, key: str, folders: Sequence[re.Pattern[str]]) -> Iterator[str]:
    for name in sorted(backend.children(key), reverse=True):
        if not folders:
            yield name
        elif folders[0].fullmatch(name):
            yield from _descend(backend, f"{key}/{name[:-1]}", folders[1:])
