"""The small helpers that flows import from Metaflow do here what they do there."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from airflow_provider_flows.errors import MulticoreError
from airflow_provider_flows.metaflow_compat.helpers import parallel_imap_unordered, parallel_map, profile


def test_results_come_in_the_order_of_the_arguments_from_other_processes() -> None:
    factor, here = 3, os.getpid()
    found = parallel_map(lambda n: (n * factor, os.getpid() != here), iter(range(10)), max_parallel=3)
    assert found == [(n * 3, True) for n in range(10)]
    assert parallel_map(str, []) == []


def test_results_may_be_large() -> None:
    assert [len(one) for one in parallel_map(lambda n: bytes(n), [5 << 20, 1])] == [5 << 20, 1]


def test_unordered_results_come_as_soon_as_they_are_there() -> None:
    def wait(seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    assert list(parallel_imap_unordered(wait, [1.0, 0.0], max_parallel=2)) == [0.0, 1.0]


def test_only_so_many_run_at_once() -> None:
    def span(_: int) -> tuple[float, float]:
        begin = time.monotonic()
        time.sleep(0.1)
        return begin, time.monotonic()

    first, second = sorted(parallel_map(span, [1, 2], max_parallel=1))
    assert first[1] <= second[0]


@pytest.mark.parametrize("fail", [lambda: 1 / 0, lambda: os._exit(3), lambda: lambda: 0])
def test_a_failure_says_so_and_leaves_no_process(fail: Callable[[], Any]) -> None:
    began = time.monotonic()
    with pytest.raises(MulticoreError, match=r"ended with (1|3)"):
        parallel_map(lambda n: fail() if n else time.sleep(60), [0, 1], max_parallel=2)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("handler", [signal.SIG_IGN, lambda *_: None], ids=["ignored", "handled"])
def test_processes_end_where_the_step_does_not_end_of_sigterm(handler: Any) -> None:
    """As in an Airflow task, which handles it."""
    before = signal.signal(signal.SIGTERM, handler)
    try:
        test_a_failure_says_so_and_leaves_no_process(lambda: 1 / 0)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_block_is_timed_in_milliseconds(capsys) -> None:
    times: dict[str, int] = {}
    for _ in range(2):
        with profile("nap", stats_dict=times):
            time.sleep(0.02)
    assert times["nap"] >= 40 and capsys.readouterr().out == ""
    with profile("nap"):
        pass
    assert "nap: took" in capsys.readouterr().out
