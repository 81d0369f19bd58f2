"""Keep what the attempts of a task print in the store, while Airflow shows it as ever. Worker."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import time
import traceback
from collections.abc import Iterator

from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import Store
from airflow_provider_flows.store.logs import STDERR, STDOUT
from airflow_provider_flows.task.log_process import Stream, send, start
from airflow_provider_flows.task.model import Outcome

_PATIENCE = 60.0
"""Seconds to wait until the store has a log; Airflow has it in any case."""


class KeptLogs:
    """Says which attempt it is whose output comes, and when it is over."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control

    def begin(self, store: Store, address: TaskAddress) -> None:
        """What is printed from now on belongs to the task at `address`."""
        self._send("begin", store, address)

    def end(self, outcome: Outcome) -> None:
        """Keep what the attempt printed, with what it failed of."""
        if outcome.exception is not None:
            for line in _traceback(outcome.exception):
                self.line(STDERR, line)
        _flush()
        self._send("end", outcome.record.attempt)
        with contextlib.suppress(OSError):  # the process may have been killed, or the store may hang
            self._control.settimeout(_PATIENCE)
            self._control.recv(1)

    def line(self, stream: str, text: str) -> None:
        """Add a line that Airflow gets in another way."""
        self._send("line", stream, text)

    def _send(self, *message: object) -> None:
        with contextlib.suppress(ConnectionError):
            send(self._control, *message)


@contextlib.contextmanager
def kept_logs() -> Iterator[KeptLogs]:
    """While the block runs, what this process and its children print goes through a process that keeps it, too.

    Output means the file descriptors 1 and 2, so that of libraries in C and of other programs is among it, and what is
    logged with `logging`.
    """
    control, theirs = socket.socketpair()
    _flush()
    before = {number: os.dup(number) for number in (1, 2)}
    pipes = {number: os.pipe() for number in (1, 2)}
    streams = [Stream(name, pipes[number][0], before[number]) for number, name in ((1, STDOUT), (2, STDERR))]
    pid = start(theirs, streams)
    theirs.close()
    for number, (source, target) in pipes.items():
        os.dup2(target, number)
        os.close(source)
        os.close(target)
    logs = KeptLogs(control)
    handler = _Handler(logs)
    logging.getLogger().addHandler(handler)
    try:
        yield logs
    finally:
        logging.getLogger().removeHandler(handler)
        _flush()
        for number, descriptor in before.items():
            os.dup2(descriptor, number)
            os.close(descriptor)
        logs._send("forget")
        control.close()
        _reap(pid)


class _Handler(logging.Handler):
    """Airflow sends what is logged on a way of its own; a log without it would lack half of the story."""

    def __init__(self, logs: KeptLogs) -> None:
        super().__init__(logging.INFO)
        self._logs = logs

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(Exception):  # as logging's own handlers do: no program fails for its log
            for line in self.format(record).splitlines():
                self._logs.line(STDERR, line)


def _traceback(exception: BaseException) -> list[str]:
    """Return the lines of a traceback."""
    text = "".join(traceback.format_exception(type(exception), exception, exception.__traceback__))
    return text.rstrip("\n").split("\n")


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # a step may have closed it
            stream.flush()


def _reap(pid: int) -> None:
    """Wait a moment for the process; it stays while something that the step left running may still print."""
    with contextlib.suppress(ChildProcessError):
        for _ in range(100):
            if os.waitpid(pid, os.WNOHANG)[0]:
                return
            time.sleep(0.002)
