"""The live view of a run on a terminal: lines scroll above the picture of its steps. LAUNCH phase; imports rich."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time

from airflow_provider_flows.files import LineBuffer
from airflow_provider_flows.local.lines import write_line
from airflow_provider_flows.local.picture import Picture
from airflow_provider_flows.local.screen import Screen
from airflow_provider_flows.local.tally import Tally
from airflow_provider_flows.text import on_terminal

INTERVAL = 0.2
"""Seconds between two drawings. Lines wait for the next one: what a run prints costs one drawing for all its lines."""
_MOST_PENDING = 1 << 20
"""Characters that may wait; a step that prints faster than the terminal takes it has to wait itself."""


class LiveView:
    """Shows lines, and below them the picture of a tally, which a thread draws whenever something has changed.

    While it is open, everything that this process and its children write to the terminal goes through it.
    """

    def __init__(self, tally: Tally, title: str) -> None:
        self._tally, self._picture = tally, Picture(tally, title)
        self._began = time.monotonic()
        self._pending: list[str] = []
        self._size = 0
        self._adding, self._drawing = threading.Lock(), threading.Lock()
        self._over = threading.Event()
        self._seen: object = None
        self._terminal: _Terminal | None = None
        self._thread = threading.Thread(target=self._refresh, name="live view", daemon=True)

    def open(self) -> None:
        self._terminal = _Terminal()
        self._screen = Screen(self._terminal.descriptor)
        self._thread.start()

    def write(self, line: str) -> None:
        if self._terminal is None:
            write_line(sys.stdout, line)
            return
        with self._adding:
            self._pending.append(line)
            self._size += len(line)
        if self._size > _MOST_PENDING:
            self._draw()

    def close(self) -> None:
        assert self._terminal is not None, "it was opened"
        self._over.set()
        try:
            self._thread.join()
        finally:
            self._terminal.give_back()
        self._draw()
        with contextlib.suppress(OSError):
            self._screen.leave()
        self._terminal.close()
        self._terminal = None

    def _refresh(self) -> None:
        while not self._over.wait(INTERVAL):
            self._draw()

    def _draw(self) -> None:
        """Show the lines that wait; draw the picture anew if it has changed or has to move."""
        assert self._terminal is not None, "there is something to draw on"
        with self._drawing:
            others = self._terminal.written()
            with self._adding:
                lines, self._pending, self._size = [*others, *self._pending], [], 0
            seconds = time.monotonic() - self._began
            seen = (self._tally.changes, int(seconds), self._screen.size)
            if not lines and seen == self._seen:
                return
            self._seen = seen
            with contextlib.suppress(OSError):  # the terminal is gone; the run goes on, and its logs are in the store
                self._screen.draw("".join(f"{line}\n" for line in lines), self._rows(seconds))

    def _rows(self, seconds: float) -> list[str]:
        try:
            return self._picture.rows(*self._screen.size, seconds)
        except Exception as error:  # no run may lose its lines to its picture
            return [f"(no picture: {error!r})"[:60]]


class _Terminal:
    """The terminal, kept for one writer: what others write to stdout and stderr comes through a pipe.

    Others are the hooks of decorators, and fork servers, which import the flow.
    """

    def __init__(self) -> None:
        self._flush()
        self.descriptor = os.dup(1)
        self._pipe, end = os.pipe()
        os.set_blocking(self._pipe, False)
        self._kept = {number: os.dup(number) for number in (1, 2) if os.isatty(number)}
        for number in self._kept:
            os.dup2(end, number)
        os.close(end)
        self._unfinished = LineBuffer()

    def written(self) -> list[str]:
        """Return the lines that others have written since the last time."""
        data = b"".join(self._read() for _ in range(16))  # not all, which may never end
        return [on_terminal(line.decode("utf-8", "replace"), "") for line in self._unfinished.add(data)]

    def give_back(self) -> None:
        """Let stdout and stderr be the terminal again."""
        self._flush()
        for number, kept in self._kept.items():
            os.dup2(kept, number)
            os.close(kept)
        self._kept = {}
        self._unfinished.extend(b"".join(self._read() for _ in range(16)))
        self._unfinished.end()

    def close(self) -> None:
        os.close(self._pipe)
        os.close(self.descriptor)

    def _read(self) -> bytes:
        try:
            return os.read(self._pipe, 1 << 16)
        except BlockingIOError:
            return b""

    @staticmethod
    def _flush() -> None:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
