"""Starts the process that keeps a step's log, as a fork or an interpreter of its own. Worker."""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import warnings
from typing import NoReturn

from airflow_provider_flows.task.last_words import LastWords
from airflow_provider_flows.task.log_process import LogProcess, Stream


def start(control: socket.socket, streams: list[Stream], words: int) -> int:
    """Start the process; return its id. It holds nothing open but what it is given; `words` describes LastWords."""
    parent = os.getpid()
    if threading.active_count() > 1:  # as in `dag.test()`: a fork might wait for ever for what a thread held
        return _spawn(control, streams, words, parent)
    with warnings.catch_warnings():
        # Python 3.12 and later take a space in the process's title, as Airflow sets it, for threads that are not there.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        _be(control.detach(), streams, words, parent)
    return pid


def _spawn(control: socket.socket, streams: list[Stream], words: int, parent: int) -> int:
    given = json.dumps([control.fileno(), [[each.name, each.source, each.target] for each in streams], words, parent])
    ends = [control.fileno(), words, *(end for each in streams for end in (each.source, each.target))]
    return subprocess.Popen([sys.executable, "-m", __name__, given], pass_fds=ends).pid


def main() -> None:
    """Be the process, in an interpreter of its own."""
    control, streams, words, parent = json.loads(sys.argv[1])
    _be(control, [Stream(*stream) for stream in streams], words, parent)


def _be(control: int, streams: list[Stream], words: int, parent: int) -> NoReturn:
    try:
        gc.freeze()  # collecting would copy pages that are shared with the step's process
        logging.disable()  # its handlers write into descriptors that mean something else here
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGCHLD, signal.SIGUSR1, signal.SIGUSR2):
            signal.signal(number, signal.SIG_IGN)
        last_words = LastWords(words)
        control = _above_standard(control)
        for stream in streams:
            stream.source, stream.target = _above_standard(stream.source), _above_standard(stream.target)
        kept = {control, *(end for stream in streams for end in (stream.source, stream.target))}
        _keep_open(kept, stderr=streams[-1].target)
        LogProcess(socket.socket(fileno=control), streams, last_words, parent).serve()
    finally:
        os._exit(0)


def _above_standard(descriptor: int) -> int:
    """Return the descriptor, or a copy of it beyond 0, 1 and 2: a step's process may have been started without them."""
    return descriptor if descriptor > 2 else fcntl.fcntl(descriptor, fcntl.F_DUPFD, 3)


def _keep_open(kept: set[int], stderr: int) -> None:
    """Lead all but `kept` nowhere, and let 0, 1 and 2 be what they always are, lest a library prints into something.

    What was open and belongs to the step is closed, but its number is not free: loggers that the step's process set up
    still write to theirs.
    """
    null = os.open(os.devnull, os.O_RDWR)
    for number, end in enumerate((null, stderr, stderr)):
        os.dup2(end, number)
    for descriptor in _open_descriptors() - kept - {0, 1, 2, null}:
        with contextlib.suppress(OSError):
            os.fstat(descriptor)
            os.dup2(null, descriptor, inheritable=False)


def _open_descriptors() -> set[int]:
    for folder in ("/proc/self/fd", "/dev/fd"):
        with contextlib.suppress(OSError):
            return {int(name) for name in os.listdir(folder)}
    return set(range(256))


if __name__ == "__main__":
    main()
