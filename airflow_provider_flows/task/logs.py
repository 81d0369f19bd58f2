"""What one attempt prints, kept until it is over, up to a limit. The launcher, and the process beside a worker's."""

from __future__ import annotations

import time

from airflow_provider_flows.store.logs import STDERR, LogLine

MAX_LOG_SIZE = 10 << 20
"""Bytes of text that are kept of each attempt, unless somebody says otherwise (Metaflow 2.19)."""


class AttemptLog:
    """The lines of one attempt; what comes after `max_size` bytes of text is shown where it is printed, not kept."""

    def __init__(self, max_size: int = MAX_LOG_SIZE) -> None:
        self.lines: list[LogLine] = []
        self._max_size = self._left = max_size

    def add(self, stream: str, text: str) -> None:
        """Take a line of `stdout` or `stderr`, without its end, that was printed now."""
        if self._left <= 0:
            return
        self._left -= len(text) + 1
        self.lines.append(LogLine(time.time(), stream, text))
        if self._left <= 0:
            note = f"[The log is cut here, at its limit of {self._max_size} bytes.]"
            self.lines.append(LogLine(time.time(), STDERR, note))

    def afresh(self) -> AttemptLog:
        """Return an empty log with the same limit."""
        return AttemptLog(self._max_size)
