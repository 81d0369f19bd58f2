"""Processes that a flow's code forks: each ends with that code, and does nothing of what comes after it. TASK phase.

What follows a step's body is for the process that began it: its record, its hooks, what Airflow or the launcher hears.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import traceback
from types import TracebackType
from typing import Callable, NoReturn

from airflow_provider_flows.flow.tracebacks import without_our_frames

FAILED = 1


class OneProcess:
    """`with` it, run a flow's code: processes that the code forks end when they come to the end of the block.

    So do those that were forked between its making and the block.
    """

    def __init__(self) -> None:
        self._pid = os.getpid()

    def __enter__(self) -> OneProcess:
        self._end_others(None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end_others(exception)

    def _end_others(self, exception: BaseException | None) -> None:
        if os.getpid() != self._pid:
            end_process(exit_status(exception))


def exit_status(exception: BaseException | None) -> int:
    """Print what Python prints of an unhandled exception; return the exit code that it gives it."""
    if exception is None:
        return 0
    if not isinstance(exception, SystemExit):
        without_our_frames(exception)
        traceback.print_exception(type(exception), exception, exception.__traceback__)
        return FAILED
    if exception.code is None or isinstance(exception.code, int):
        return exception.code or 0
    print(exception.code, file=sys.stderr)
    return FAILED


def killed_by(status: int) -> str | None:
    """Return what ended a process before its time, `was killed by SIGKILL`; None when it ended by itself.

    `status` is an exit code, negative for a signal.
    """
    if status >= 0:
        return None
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"was killed by {name}"


def end_process(status: int, at_exit: Callable[[], None] = lambda: None) -> NoReturn:
    """End this process as Python does: wait for its threads, run what was registered, empty the buffers.

    A forked process has nothing of its own `at_exit`: what was registered is its parent's.
    """
    try:
        for finish in (threading._shutdown, at_exit):  # type: ignore[attr-defined]
            with contextlib.suppress(Exception):
                finish()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):  # a step may have closed it
                stream.flush()
    finally:  # whatever a signal raises meanwhile
        os._exit(status & 0xFF)
