"""How a run ends what still runs, and how it hears that it shall. LAUNCH phase."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterable
from types import FrameType, TracebackType
from typing import Any

from airflow_provider_flows.local.due_queue import DueQueue
from airflow_provider_flows.local.worker import Worker

GRACE = 5.0
"""Seconds that running steps have to end by themselves after another one failed (Metaflow 2.19)."""
_LAST_WORDS = 1.0
"""Seconds between SIGTERM and SIGKILL."""


class Stopping:
    """Ends processes: they are given some seconds, then told to stop, then killed."""

    def __init__(self) -> None:
        self._signals: DueQueue[tuple[Worker, int]] = DueQueue()

    def begin(self, workers: Iterable[Worker], grace: float) -> None:
        """`grace` is in seconds. The last signal only marks the end of the time in which they should be gone."""
        for worker in workers:
            for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGKILL):
                self._signals.add(grace, (worker, number))
                grace += _LAST_WORDS

    def go_on(self) -> None:
        """Send the signals that are due."""
        while (due := self._signals.pop()) is not None:
            worker, number = due
            worker.signal(number)

    def seconds(self) -> float | None:
        """Return the time until the next signal is due; None when there is none."""
        return self._signals.seconds()


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, or a signal that asks this process to end; `number` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class Interrupts:
    """While it is entered, the first Ctrl-C, SIGTERM or SIGHUP is kept for `check`; the second one interrupts at once.

    So a run is interrupted between two events, and not where it notes one. It needs the main thread; in another one,
    nothing changes.
    """

    def __init__(self) -> None:
        self._wake, self._woken = socket.socketpair()
        self._wake.setblocking(False)
        self._woken.setblocking(False)
        self._number: int | None = None
        self._patience = 1
        self._before: dict[int, Any] = {}
        self._fd_before: int | None = None

    @property
    def descriptor(self) -> int:
        """Has something to read after a signal; to be waited for, and `heard`."""
        return self._wake.fileno()

    def heard(self) -> None:
        self._wake.recv(4096)

    def check(self) -> None:
        """Raise Interrupted if a signal has come since the last time."""
        number, self._number = self._number, None
        if number is not None:
            raise Interrupted(number)

    def lose_patience(self) -> None:
        """Let the next signal interrupt at once, and one that has come since `check`: the run is stopping already."""
        self._patience = min(self._patience, 0)
        self.check()

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            self._fd_before = signal.set_wakeup_fd(self._woken.fileno(), warn_on_full_buffer=False)
            numbers = [
                each
                for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
                if signal.getsignal(each) != signal.SIG_IGN
            ]
            self._before = {number: signal.signal(number, self._note) for number in numbers}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._fd_before is not None:
            signal.set_wakeup_fd(self._fd_before)
        self._wake.close()
        self._woken.close()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._number = self._number or number
        self._patience -= 1
        if self._patience == -1:
            raise Interrupted(number)
