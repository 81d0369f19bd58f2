"""Which errors are those of a signal handler, such as a step's own alarm, that went off meanwhile. Any process."""

from __future__ import annotations

import functools
import signal
from types import CodeType


def is_an_alarm_s(error: BaseException) -> bool:
    """Whether a signal handler raised the error: its type does not say so, since timeouts of networks have the same."""
    codes = {_code(signal.getsignal(number)) for number in signal.valid_signals()} - {None}
    below = error.__traceback__
    while below is not None:
        if below.tb_frame.f_code in codes:
            return True
        below = below.tb_next
    return False


def _code(handler: object) -> CodeType | None:
    while isinstance(handler, functools.partial):
        handler = handler.func
    if not callable(handler):  # SIG_DFL, SIG_IGN
        return None
    code = getattr(handler, "__code__", None) or getattr(type(handler).__call__, "__code__", None)
    return code if isinstance(code, CodeType) else None
