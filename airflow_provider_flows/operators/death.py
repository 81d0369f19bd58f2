"""Let Airflow see that a step's process died, where it would take it for a success or not notice at all. Worker."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import NoReturn

from airflow.sdk.execution_time import task_runner

STDERR = 2
PR_SET_PDEATHSIG = 1
"""Of Linux's prctl(2): send a signal to this process when its parent dies."""


@contextlib.contextmanager
def visible_death() -> Iterator[None]:
    """While the block runs, a crash ends the process and says where it was, and `os._exit(0)` counts as a failure.

    From now on, the process also ends with its supervisor.
    """
    _end_with_supervisor()
    with _crashes_kill(), _exits_fail():
        yield


def _end_with_supervisor() -> None:
    """Have the kernel end this process when Airflow's process that watches it is killed, where it can (Linux).

    Airflow misses its heartbeats and retries the step; left alone, this try would run beside the next one, and its
    record could come to be the newest.
    """
    comms = getattr(task_runner, "SUPERVISOR_COMMS", None)
    if sys.platform == "linux" and hasattr(comms, "socket"):  # in `dag.test()`, there is no supervisor
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextlib.contextmanager
def _crashes_kill() -> Iterator[None]:
    """Undo a handler in Python of segmentation faults, which Airflow 3.3 leaves behind when it has parsed a DAG.

    Such a handler never gets to run: the faulty instruction is repeated for ever, and no timeout ends that either.
    """
    if threading.current_thread() is not threading.main_thread() or faulthandler.is_enabled():
        yield  # no signals can be set here, or somebody else sees to crashes
        return
    before = signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    faulthandler.enable(STDERR)
    try:
        yield
    finally:
        faulthandler.disable()
        signal.signal(signal.SIGSEGV, before if before is not None else signal.SIG_DFL)


@contextlib.contextmanager
def _exits_fail() -> Iterator[None]:
    """Make `os._exit(0)` exit with 1: Airflow takes a 0 for the success of a task that has reported nothing."""
    leave, process = os._exit, os.getpid()

    def leave_unsuccessfully(status: int) -> NoReturn:
        if status == 0 and os.getpid() == process:  # not in a process that the step forked
            os.write(STDERR, b"The step called os._exit(0) before it was done, which counts as a failure.\n")
            status = 1
        leave(status)

    os._exit = leave_unsuccessfully
    try:
        yield
    finally:
        os._exit = leave
