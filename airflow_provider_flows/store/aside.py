"""Calls that hear no signals, made beside the main thread, which does. Any process."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import Any, Callable, Optional, TypeVar, cast

Result = TypeVar("Result")
_Call = Callable[[], Any]
_Answer = Optional[BaseException]


class Aside:
    """Makes the calls of the main thread in a thread of its own, one after the other; those of other threads there.

    A library that waits outside of Python would hold up alarms, such as a step's timeout, and Ctrl-C. When one of them
    ends the waiting, the call is left to itself.
    """

    def __init__(self) -> None:
        self._calls: SimpleQueue[tuple[_Call, SimpleQueue[tuple[Any, _Answer]]]] | None = None

    def run(self, call: Callable[[], Result]) -> Result:
        """Return what `call` returns, or raise what it raises."""
        if threading.current_thread() is not threading.main_thread():
            return call()
        answers: SimpleQueue[tuple[Any, _Answer]] = SimpleQueue()
        calls = self._calls or self._start()
        calls.put((call, answers))
        try:
            result, error = answers.get()
        except BaseException:
            self._calls = None  # it is busy with what nobody waits for any more
            raise
        if error is not None:
            raise error
        return cast(Result, result)

    def _start(self) -> SimpleQueue[tuple[_Call, SimpleQueue[tuple[Any, _Answer]]]]:
        calls: SimpleQueue[tuple[_Call, SimpleQueue[tuple[Any, _Answer]]]] = SimpleQueue()
        self._calls = calls
        threading.Thread(target=_serve, args=(calls,), name="flows-bucket", daemon=True).start()
        return calls


def _serve(calls: SimpleQueue[tuple[_Call, SimpleQueue[tuple[Any, _Answer]]]]) -> None:
    while True:
        call, answers = calls.get()
        try:
            answers.put((call(), None))
        except BaseException as error:
            answers.put((None, error))
        del call, answers  # which may hold a large value until the next one
