"""What decorators cost: `tests/benchmarks/bench_lifecycle.py` prints the figures."""

from __future__ import annotations

from tests.benchmarks.bench_lifecycle import added_cpu


def test_ten_decorators_add_under_five_milliseconds_to_a_task() -> None:
    _, added = added_cpu(rounds=10)
    assert added < 0.005
