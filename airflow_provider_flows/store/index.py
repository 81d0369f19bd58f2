"""Runs by time: empty objects whose names sort, so the newest are found without listing them all. Any process."""

from __future__ import annotations

import time
from typing import Iterator

from airflow_provider_flows.store import layout
from airflow_provider_flows.store.backend import Backend

STARTED, SUCCEEDED = "started", "succeeded"
_FOLDERS = 4
"""Year, month, day, minute of the day: few enough names in each folder."""


def mark(backend: Backend, flow: str, kind: str, run: str) -> None:
    """Note that a run started or succeeded now. A run may be marked several times; its newest mark counts."""
    micros = time.time_ns() // 1000
    minute = time.strftime("%Y/%m/%d/%H%M", time.gmtime(micros // 1_000_000))
    backend.put(f"{layout.index(flow, kind)}/{minute}/{micros:016d}.{layout.component(run)}", b"")


def newest_first(backend: Backend, flow: str, kind: str) -> Iterator[str]:
    """Yield each marked run once, listing only the folders that the caller gets to."""
    seen = set()
    for name in _descend(backend, layout.index(flow, kind), _FOLDERS):
        run = layout.name_of(name.partition(".")[2])
        if run not in seen:
            seen.add(run)
            yield run


def _descend(backend: Backend, key: str, depth: int) -> Iterator[str]:
    for name in sorted(backend.children(key), reverse=True):
        if depth:
            yield from _descend(backend, f"{key}/{name}", depth - 1)
        else:
            yield name
