"""Invariants of wide foreaches: what an item costs, and that the launcher does not grow with their number."""

from __future__ import annotations

import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.local.conftest import started

WIDE = """
from airflow_provider_flows import FlowSpec, Parameter, step

class Wide(FlowSpec):
    count = Parameter("count", default=1, type=int)

    @step
    def start(self):
        self.items = list(range(self.count))
        self.next(self.work, foreach="items")

    @step
    def work(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.total = len(inputs)
        self.next(self.end)

    @step
    def end(self):
        pass
"""


@dataclass(frozen=True)
class Cost:
    """CPU seconds of a whole run and of its launcher alone, and the launcher's largest size in bytes."""

    total: float
    launcher: float
    size: int


def run(folder: Path, count: int) -> Cost:
    file = folder / "a_flow.py"
    file.write_text(WIDE)
    options = ["--count", str(count), "--max-workers", "4", "--max-num-splits", str(count)]
    before = _cpu_of_children()
    size, cpu = 0, 0.0
    with started(file, *options, seconds=600, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            stat = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
            cpu = max(cpu, (int(stat[11]) + int(stat[12])) / 100)
            lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
            size = max([size, *(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))])
            time.sleep(0.05)
    assert process.returncode == 0
    return Cost(_cpu_of_children() - before, cpu, size)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_an_empty_step_costs_at_most_60_ms_of_cpu_all_told(tmp_path: Path) -> None:
    assert (run(tmp_path, 220).total - run(tmp_path, 20).total) / 200 < 0.06


@pytest.mark.slow
def test_ten_thousand_items_cost_the_launcher_little(tmp_path: Path) -> None:
    cost = run(tmp_path, 10_000)
    assert cost.size < 300 << 20
    assert cost.launcher < 0.1 * cost.total
    assert cost.total < 0.06 * 10_000
