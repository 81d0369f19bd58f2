"""The process beside a step's: passes on what the step prints, and keeps it in the store. Worker.

It outlives a step that crashes or is killed, so that what was printed last is seen and kept, too. `task/log_start.py`
starts it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Iterator

from airflow_provider_flows.files import write_all
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import Store, StoreAccess
from airflow_provider_flows.store.log_format import STDERR, LogLine
from airflow_provider_flows.task.attempt_log import AttemptLog, LineCutter
from airflow_provider_flows.task.last_words import LastWords
from airflow_provider_flows.task.log_channel import receive, send

_CHUNK = 1 << 16
_LAST_MESSAGES = 1000
"""How many messages are still taken of a process that is gone: its children may send more without end."""
_POLL = 0.5
"""Seconds between two looks whether the step's process is there, where the kernel does not tell."""


@dataclass
class Stream:
    """One output of the step: what it writes into now, and where that went before."""

    name: str
    source: int
    target: int
    lines: LineCutter = field(default_factory=LineCutter)


class LogProcess:
    """Serves one task. `control` gives messages: what begins, what ended, and lines for the store alone.

    `parent` is the step's process, which notes unfinished lines in `words`. Whatever happens to the log, what is
    printed is passed on, until the step and all that it started have closed the streams.
    """

    def __init__(self, control: socket.socket, streams: list[Stream], words: LastWords, parent: int) -> None:
        self._control, self._streams, self._words, self._parent = control, streams, words, parent
        self._selector = selectors.DefaultSelector()
        self._life = _life_of(parent)
        self._writer = ThreadPoolExecutor(1)  # a slow store must not hold up what is printed meanwhile
        self._log: AttemptLog | None = AttemptLog()
        """None from when nothing more is kept."""
        self._store: Store | None = None
        """Opened by the thread that writes into it."""
        self._access: StoreAccess | None = None
        self._address: TaskAddress | None = None

    def serve(self) -> None:
        """Work until the step's process, and all that holds its streams, has closed them."""
        self._control.setblocking(False)
        self._selector.register(self._control, selectors.EVENT_READ, self._hear)
        if self._life is not None:
            self._selector.register(self._life, selectors.EVENT_READ, self._parent_ended)
        for stream in self._streams:
            os.set_blocking(stream.source, False)
            self._selector.register(stream.source, selectors.EVENT_READ, lambda stream=stream: self._pass_on(stream))
        with self._writer:
            while self._selector.get_map():
                self._turn()

    def _turn(self) -> None:
        """Do one thing for each that is ready: nobody who never stops makes the others wait."""
        polls = self._log is not None and self._life is None
        for key, _ in self._selector.select(_POLL if polls else None):
            with self._at_worst_unkept():
                key.data()
        if polls and os.getppid() != self._parent:
            with self._at_worst_unkept():
                self._parent_ended()

    @contextlib.contextmanager
    def _at_worst_unkept(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # a step does not fail for its log, which Airflow has, too
            self._stop()
            self._say(f"From here on, the log is not kept in the store: {error!r}")

    # What is printed

    def _pass_on(self, stream: Stream) -> int:
        """Take one chunk of what was printed; return its size, 0 when there is nothing now."""
        if stream.source < 0:
            return 0
        try:
            data = os.read(stream.source, _CHUNK)
        except BlockingIOError:
            return 0
        if not data:
            self._selector.unregister(stream.source)
            os.close(stream.source)
            stream.source = -1
            return 0
        self._take(stream, data)
        return len(data)

    def _take(self, stream: Stream, data: bytes) -> None:
        with contextlib.suppress(OSError):  # whoever read it may be gone
            write_all(stream.target, data)
        if self._log is not None:
            for line in stream.lines.cut(data):
                self._log.add(stream.name, line)

    def _drain(self) -> None:
        """Take all that was printed until now: what the pipes can hold, as more may come without end."""
        for stream in self._streams:
            left = _capacity(stream.source) if stream.source >= 0 else 0
            while left > 0:
                left -= self._pass_on(stream) or left

    # What the step's process says

    def _hear(self) -> bool:
        """Act on one message; return whether there was one."""
        if self._log is None:
            return False
        try:
            message = receive(self._control)
        except BlockingIOError:
            return False
        self._drain()  # what was printed before it was said belongs before it
        if message is None:
            self._ended()
            return False
        word, *values = message
        getattr(self, f"_on_{word}")(*values)
        return True

    def _on_begin(self, access: StoreAccess, address: TaskAddress) -> None:
        self._access, self._address = access, address

    def _on_line(self, stream: str, text: str) -> None:
        if self._log is not None:
            self._log.add(stream, text)

    def _on_end(self, attempt: int) -> None:
        self._keep(attempt)

    def _on_close(self) -> None:
        """The step is over: what is printed from now on belongs to no attempt."""
        self._stop()

    def _parent_ended(self) -> None:
        """The step's process is gone; its children may hold `control` open for long."""
        for _ in range(_LAST_MESSAGES):
            if not self._hear():
                break
        self._ended()

    def _ended(self) -> None:
        """Nothing more will be said: if an attempt is under way, it died."""
        if self._log is None:
            return
        self._drain()
        last = self._words.read()
        for stream in self._streams:
            self._take(stream, last.get(stream.name, b""))
        if self._address is not None:
            self._end_lines(self._log)
            self._log.add(STDERR, "The step's process ended before the step did.")
            self._keep(None)
        self._stop()

    def _stop(self) -> None:
        """Listen and keep no more, only pass on."""
        if self._log is None:
            return
        self._log = None
        self._selector.unregister(self._control)
        if self._life is not None:
            self._selector.unregister(self._life)
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RD)  # who still sends learns that nobody listens
        self._writer.submit(self._control.shutdown, socket.SHUT_WR)  # who waits for an answer has it first

    # The store

    def _end_lines(self, log: AttemptLog) -> None:
        for stream in self._streams:
            for line in stream.lines.rest():
                log.add(stream.name, line)

    def _keep(self, attempt: int | None) -> None:
        """Store the attempt's log aside, and begin another; without a number, the attempt left no record."""
        if self._log is not None:
            self._end_lines(self._log)
            self._writer.submit(self._write_log, self._access, self._address, attempt, self._log.lines)
            self._address, self._log = None, self._log.afresh()

    def _write_log(
        self, access: StoreAccess | None, address: TaskAddress | None, attempt: int | None, lines: list[LogLine]
    ) -> None:
        try:
            if access is not None and address is not None and lines:
                store = self._store = self._store or access.open()
                store.write_log(address, store.next_attempt(address) if attempt is None else attempt, lines)
        except Exception as error:
            self._say(f"The log could not be kept in the store: {error}")
        if attempt is not None:  # the task's end waits for it, so that who sees the task sees its log
            send(self._control, attempt)

    def _say(self, text: str) -> None:
        with contextlib.suppress(OSError):
            write_all(self._streams[-1].target, f"{text}\n".encode())


def _life_of(pid: int) -> int | None:
    """Return a descriptor that becomes readable when the process ends, where the kernel has such (Linux)."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _capacity(pipe: int) -> int:
    """Return how many bytes a pipe can hold."""
    try:
        return fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ)
    except (AttributeError, OSError):
        return 1 << 16
