"""An end to what takes too long: an alarm, which the main thread alone can have. TASK phase, after the step's body."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import Iterator, NoReturn


class TookTooLong(BaseException):
    """A card took longer than its timeout: a BaseException, so that its own `except Exception` cannot swallow it."""


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise TookTooLong in the block when it takes longer; in another thread than the main one there is no limit.

    An alarm that the step set and left is put back. Code in C that never comes back to Python is not interrupted.
    """
    if threading.current_thread() is not threading.main_thread() or seconds <= 0:
        yield
        return

    def ring(*_: object) -> NoReturn:
        raise TookTooLong(f"it took longer than its timeout of {seconds:g} seconds")

    handler = signal.signal(signal.SIGALRM, ring)
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler if handler is not None else signal.SIG_DFL)
        if left:
            signal.setitimer(signal.ITIMER_REAL, left)
