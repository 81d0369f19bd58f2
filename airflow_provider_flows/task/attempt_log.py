"""What an attempt prints, as lines, until it is over, up to a limit. The launcher, and the process beside a step's."""

from __future__ import annotations

import time

from airflow_provider_flows.store.log_format import STDERR, LogLine

MAX_LOG_SIZE = 10 << 20
"""Bytes of text that are kept of each attempt, unless somebody says otherwise (Metaflow 2.19)."""
LONGEST_LINE = 1 << 20
"""Bytes after which a line is cut."""


class LineCutter:
    """Cuts what comes out of one stream into lines, and those that are longer than `longest` bytes into several.

    It takes time in proportion to what comes, however long a line is.
    """

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest, self._begun = longest, bytearray()

    def cut(self, data: bytes) -> list[str]:
        """Take what came; return the lines that are complete, or as long as a line may be, without their ends."""
        *ended, begun = data.split(b"\n")
        if ended:
            ended[0] = bytes(self._begun) + ended[0]
            self._begun.clear()
        self._begun += begun
        lines = [_text(line) for line in ended]
        return lines if len(self._begun) <= self._longest else [*lines, *self.rest()]

    @property
    def begun(self) -> bytes:
        """What came of the line that has no end yet, without a copy of a long one: its last bytes."""
        return bytes(self._begun[-64:])

    def rest(self) -> list[str]:
        """Return the line that has no end yet, if there is one."""
        lines = [_text(self._begun)] if self._begun else []
        self._begun.clear()
        return lines


class AttemptLog:
    """The lines of one attempt; what comes after `max_size` bytes of text is shown where it is printed, not kept."""

    def __init__(self, max_size: int = MAX_LOG_SIZE) -> None:
        self.lines: list[LogLine] = []
        self._max_size = self._left = max_size

    def add(self, stream: str, text: str) -> None:
        """Take a line of `stdout` or `stderr`, without its end, that was printed now."""
        if self._left <= 0:
            return
        self._left -= len(text.encode("utf-8", "backslashreplace")) + 1
        self.lines.append(LogLine(time.time(), stream, text))
        if self._left <= 0:
            note = f"[The log is cut here, at its limit of {self._max_size} bytes.]"
            self.lines.append(LogLine(time.time(), STDERR, note))

    def afresh(self) -> AttemptLog:
        """Return an empty log with the same limit."""
        return AttemptLog(self._max_size)


def _text(line: bytes | bytearray) -> str:
    return line.decode("utf-8", "replace").rstrip("\r")
