"""What is to be done when. LAUNCH phase; data and a clock."""

from __future__ import annotations

import heapq
import itertools
import time
from typing import Generic, TypeVar

T = TypeVar("T")


class DueQueue(Generic[T]):
    """Things that become due, by a clock that nobody can set; those of one moment in the order they came in."""

    def __init__(self) -> None:
        self._entries: list[tuple[float, int, T]] = []
        self._numbers = itertools.count()

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, seconds: float, item: T) -> None:
        """Let `item` be due in so many seconds."""
        heapq.heappush(self._entries, (time.monotonic() + seconds, next(self._numbers), item))

    def pop(self) -> T | None:
        """Take what is due, one item at a time; None when nothing is."""
        if self._entries and self._entries[0][0] <= time.monotonic():
            return heapq.heappop(self._entries)[2]
        return None

    def seconds(self) -> float | None:
        """Return the time until the first thing is due, 0 if it is; None when there is none."""
        return max(self._entries[0][0] - time.monotonic(), 0.0) if self._entries else None
