"""Small helpers that flows import from Metaflow: a parallel map, and a stopwatch. TASK phase, in user code."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import time
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, MutableMapping
from itertools import islice
from multiprocessing import connection
from typing import Any, TypeVar

from airflow_provider_flows.errors import MulticoreError

_LANGUAGE = "2.19"
"""The version of Metaflow whose meaning flows have here."""

Argument = TypeVar("Argument")
Result = TypeVar("Result")

_LAST_WORDS = 1.0
"""Seconds between SIGTERM and SIGKILL."""


def get_version(public: bool = False) -> str:
    """Return what `metaflow.__version__` is here: the version whose meaning flows have, and this package's."""
    from airflow_provider_flows import __version__  # the package imports much of itself by name, this among it

    return _LANGUAGE if public else f"{_LANGUAGE}+flows.{__version__}"


def parallel_map(
    func: Callable[[Argument], Result],
    iterable: Iterable[Argument],
    max_parallel: int | None = None,
    dir: str | None = None,
) -> list[Result]:
    """Return `func` of each argument, in their order, each computed in a process of its own; lambdas and closures, too.

    At most `max_parallel` run at once, one for each processor by default. Results must be picklable. MulticoreError
    when one of them fails. (`dir` is for temporary files in Metaflow 2.19; there are none here.)
    """
    found = dict(parallel_imap_unordered(lambda one: (one[0], func(one[1])), enumerate(iterable), max_parallel))
    return [found[index] for index in sorted(found)]


def parallel_imap_unordered(
    func: Callable[[Argument], Result],
    iterable: Iterable[Argument],
    max_parallel: int | None = None,
    dir: str | None = None,
) -> Iterator[Result]:
    """Yield what `parallel_map` returns, each result as soon as it is there."""
    limit = max_parallel or os.cpu_count() or 1
    waiting = iter(iterable)
    running: dict[Any, Any] = {}
    try:
        while True:
            running.update(_start(func, argument) for argument in islice(waiting, limit - len(running)))
            if not running:
                return
            for receiver in connection.wait(list(running)):
                yield _result(receiver, running.pop(receiver))
    finally:
        _end(running.values())


@contextlib.contextmanager
def profile(label: str, stats_dict: MutableMapping[str, int] | None = None) -> Iterator[None]:
    """Time the block, in milliseconds: printed, or added to `stats_dict[label]`."""
    if stats_dict is None:
        print(f"{label}: started")
    start = time.monotonic()
    try:
        yield
    finally:
        took = int((time.monotonic() - start) * 1000)
        if stats_dict is None:
            print(f"{label}: took {took} ms")
        else:
            stats_dict[label] = stats_dict.get(label, 0) + took


def _start(func: Callable[[Any], Any], argument: Any) -> tuple[Any, Any]:
    context = multiprocessing.get_context("fork")  # a fork has the function and its argument: nothing is pickled
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(func, argument, sender))
    process.start()
    sender.close()
    return receiver, process


def _work(func: Callable[[Any], Any], argument: Any, sender: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # what the step does when it is told to end is not for its helpers
    try:
        sender.send_bytes(pickle.dumps(func(argument), pickle.HIGHEST_PROTOCOL))
    except BaseException:
        traceback.print_exc()
        sys.exit(1)


def _end(processes: Collection[Any]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(_LAST_WORDS)
        process.kill()
        process.join()


def _result(receiver: Any, process: Any) -> Any:
    try:
        data = receiver.recv_bytes()
    except EOFError:
        process.join()
        raise MulticoreError(
            f"The function failed in one of its processes, which ended with {process.exitcode}; see what it printed."
        ) from None
    finally:
        receiver.close()
    process.join()
    return pickle.loads(data)
