"""Keep what the attempts of a task print in the store, while Airflow shows it as usual. Worker."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import time
from collections.abc import Iterator

from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.operators.airflow_log import log_entry
from airflow_provider_flows.store import StoreAccess
from airflow_provider_flows.store.log_format import STDERR, STDOUT
from airflow_provider_flows.task import log_channel
from airflow_provider_flows.task.last_words import LastWords, flush, flush_all, shared_memory, step_output
from airflow_provider_flows.task.log_process import Stream
from airflow_provider_flows.task.log_start import start
from airflow_provider_flows.task.outcome import Outcome

_PATIENCE = 60.0
"""Seconds to wait until the store has a log; Airflow has it in any case."""
_GIVEN_UP = "What the step prints is no longer kept in the store: the process that keeps it does not answer.\n"


class KeptLogs:
    """Says which attempt it is whose output comes, and when it is over.

    Once the process that keeps logs is gone or does not answer, nothing more is kept, and the step goes on; `stderr`
    is the descriptor that says so. What a signal handler raises meanwhile, such as a step's timeout, passes.
    """

    def __init__(self, access: StoreAccess, control: socket.socket, stderr: int) -> None:
        control.settimeout(_PATIENCE)
        self._access, self._control, self._stderr = access, control, stderr
        self._given_up = False
        self.ended: Outcome | None = None
        """How the last attempt ended whose output was kept."""

    def begin(self, address: TaskAddress) -> None:
        """What is printed from now on belongs to the task at `address`."""
        self._send("begin", self._access, address)

    def end(self, outcome: Outcome) -> None:
        """Keep what the attempt printed, with how it ended in words; these are then also shown in Airflow's log."""
        self.ended, verdict = outcome, outcome.verdict
        for line in verdict.split("\n") if verdict else ():
            self.line(STDERR, line)
        flush_all()
        attempt = outcome.record.attempt
        self._send("end", attempt)
        while not self._given_up:
            answer = log_channel.receive(self._control)
            if answer is None:
                self._give_up()
            elif answer == (attempt,):  # else one that an alarm kept another end from taking
                break
        if verdict:
            log_entry("warning" if outcome.ok else "error", verdict)

    def line(self, stream: str, text: str) -> None:
        """Add a line that Airflow gets in another way."""
        for piece in log_channel.pieces(text):
            self._send("line", stream, piece)

    def close(self) -> None:
        """What is printed from now on belongs to no attempt."""
        self._send("close")
        self._control.close()

    def _send(self, *message: object) -> None:
        if not self._given_up and not log_channel.send(self._control, *message):
            self._give_up()

    def _give_up(self) -> None:
        self._given_up = True
        with contextlib.suppress(OSError):
            os.write(self._stderr, _GIVEN_UP.encode())


@contextlib.contextmanager
def kept_logs(access: StoreAccess) -> Iterator[KeptLogs]:
    """While the block runs, what this process and its children print goes through a process that keeps it in a store.

    Output means the file descriptors 1 and 2, so that of libraries in C and of other programs is among it, and what is
    logged with `logging`.
    """
    control, theirs = log_channel.pair()
    flush()
    before = {number: os.dup(number) for number in (1, 2)}
    pipes = {number: os.pipe() for number in (1, 2)}
    streams = [Stream(name, pipes[number][0], before[number]) for number, name in ((1, STDOUT), (2, STDERR))]
    memory = shared_memory()
    pid = start(theirs, streams, memory)
    theirs.close()
    for number, (source, target) in pipes.items():
        os.dup2(target, number)
        os.close(source)
        os.close(target)
    logs = KeptLogs(access, control, before[2])
    words = LastWords(memory)
    os.close(memory)
    handler = _Handler(logs)
    logging.getLogger().addHandler(handler)
    try:
        with step_output(words):
            yield logs
    finally:
        logging.getLogger().removeHandler(handler)
        flush()
        for number, descriptor in before.items():
            os.dup2(descriptor, number)
        logs.close()
        for descriptor in before.values():
            os.close(descriptor)
        _reap(pid)


class _Handler(logging.Handler):
    """Airflow sends what is logged on a way of its own; a log without it would lack half of the story."""

    def __init__(self, logs: KeptLogs) -> None:
        super().__init__(logging.INFO)
        self._logs = logs

    def emit(self, record: logging.LogRecord) -> None:
        lines: list[str] = []
        with contextlib.suppress(Exception):  # as logging's own handlers do: no program fails for its log
            lines = self.format(record).splitlines()
        for line in lines:
            self._logs.line(STDERR, line)


def _reap(pid: int) -> None:
    """Wait a moment for the process; it stays while something that the step left running may still print."""
    with contextlib.suppress(ChildProcessError):
        for _ in range(100):
            if os.waitpid(pid, os.WNOHANG)[0]:
                return
            time.sleep(0.002)
