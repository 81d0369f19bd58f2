"""Times local runs side by side with genuine Metaflow: CPU of whole process trees. Prints a table in Markdown.

    PYTHONPATH=. python tests/benchmarks/bench_local.py [--metaflow PYTHON] [--rounds 3] [--items 1000]

Each round runs every measurement once, ours and Metaflow's in turn; figures are medians of the rounds, after one that
does not count. CPU is what `os.wait4` says of the command when it is over: user and system time of the process and of
all that it has waited for, which are all its descendants. Metaflow takes about a second of CPU for each task, so its
foreach has fewer items. Without `--metaflow`, the interpreter is that of the differential tests.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import pty
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
STEPS, THEIR_ITEMS = 21, 40

LAUNCHER = """
import atexit, json, os, resource, runpy, sys

def report():
    used = resource.getrusage(resource.RUSAGE_SELF)
    with open(os.environ["BENCH_REPORT"], "w") as file:
        json.dump([used.ru_utime + used.ru_stime, used.ru_maxrss], file)

atexit.register(report)
sys.argv = sys.argv[1:]
if sys.argv[0] == "flows":
    from airflow_provider_flows.cli import main
    main()
else:
    runpy.run_path(sys.argv[0], run_name="__main__")
"""
WIDE = """from metaflow import FlowSpec, Parameter, step


class Wide(FlowSpec):
    items = Parameter("items", default=1)

    @step
    def start(self):
        self.xs = list(range(self.items))
        self.next(self.body, foreach="xs")

    @step
    def body(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Wide()
"""


def linear(steps: int) -> str:
    """Return a flow of so many empty steps."""
    names = ["start", *(f"step{number}" for number in range(2, steps)), "end"][:steps]
    after = [*(f"self.next(self.{name})" for name in names[1:]), "pass"]
    steps_text = "\n".join(
        f"    @step\n    def {name}(self):\n        {then}\n" for name, then in zip(names, after, strict=True)
    )
    head = f"from metaflow import FlowSpec, step\n\n\nclass Linear{steps}(FlowSpec):\n"
    return f"{head}{steps_text}\n\nif __name__ == '__main__':\n    Linear{steps}()\n"


@dataclass(frozen=True)
class Used:
    """What a command has used: CPU seconds of all its processes, of the launcher alone, and the launcher's MB."""

    cpu: float
    launcher: float
    megabytes: float


@dataclass(frozen=True)
class Side:
    """One of the two that are compared: how its command line is spelled."""

    name: str
    python: str
    is_ours: bool
    folder: Path

    def command(self, flow: str, *words: str) -> list[str]:
        file = str(self.folder / f"{flow}.py")
        before = ["flows", file] if self.is_ours else [file, "--quiet", "--no-pylint"]
        return [self.python, str(self.folder / "launcher.py"), *before, *words]

    def use(self, flow: str, *words: str, terminal: bool = False) -> Used:
        report = self.folder / "report.json"
        environ = {key: value for key, value in os.environ.items() if not key.startswith(("METAFLOW", "FLOWS"))}
        environ.update(BENCH_REPORT=str(report), METAFLOW_USER="bench", METAFLOW_DEFAULT_DATASTORE="local")
        environ.update(FLOWS_DATASTORE_ROOT=str(self.folder / "store"), TERM="xterm-256color")
        environ.update(METAFLOW_DEFAULT_METADATA="local", METAFLOW_DATASTORE_SYSROOT_LOCAL=str(self.folder))
        environ["PYTHONPATH"] = str(ROOT) if self.is_ours else ""
        cpu = _cpu(self.command(flow, *words), environ, self.folder, terminal)
        launcher, kilobytes = json.loads(report.read_text())
        return Used(cpu, launcher, kilobytes / 1024)


def _cpu(command: Sequence[str], environ: dict[str, str], folder: Path, terminal: bool) -> float:
    """Run a command, with its output thrown away or on a terminal; return the CPU seconds of it and its descendants."""
    end, other = pty.openpty() if terminal else (-1, os.open(os.devnull, os.O_WRONLY))
    process = subprocess.Popen(command, env=environ, cwd=folder, stdout=other, stderr=other)
    os.close(other)
    reader = threading.Thread(target=_read_all, args=(end,))
    reader.start()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    reader.join()
    assert process.returncode == 0, f"{' '.join(command)} ended with {process.returncode}"
    return used.ru_utime + used.ru_stime


def _read_all(descriptor: int) -> None:
    if descriptor >= 0:
        with suppress(OSError):  # what a closed terminal answers
            while os.read(descriptor, 1 << 16):
                pass
        os.close(descriptor)


@dataclass(frozen=True)
class Figures:
    """The figures of one round on one side, in milliseconds of CPU, MB and shares."""

    step: float
    task: float
    launcher_task: float
    launcher_share: float
    launcher_megabytes: float
    check: float

    @classmethod
    def measure(cls, side: Side, items: int) -> Figures:
        one, many = side.use("linear1", "run"), side.use(f"linear{STEPS}", "run")
        splits = ["--max-num-splits", str(items)]
        narrow, wide = side.use("wide", "run", "--items", "1"), side.use("wide", "run", "--items", str(items), *splits)
        return cls(
            step=1000 * (many.cpu - one.cpu) / (STEPS - 1),
            task=1000 * (wide.cpu - narrow.cpu) / (items - 1),
            launcher_task=1000 * (wide.launcher - narrow.launcher) / (items - 1),
            launcher_share=100 * wide.launcher / wide.cpu,
            launcher_megabytes=wide.megabytes,
            check=1000 * side.use("wide", "check").cpu,
        )


def table(ours: list[Figures], theirs: list[Figures], live: list[tuple[float, float]], items: int) -> str:
    """Return the medians of all rounds as a table."""
    rows: list[tuple[str, str, Callable[[Figures], float]]] = [
        ("CPU per empty step", "{:.1f} ms", lambda each: each.step),
        ("CPU per task of a foreach", "{:.1f} ms", lambda each: each.task),
        ("of which the launcher's own", "{:.2f} ms", lambda each: each.launcher_task),
        ("launcher's share of that run", "{:.0f} %", lambda each: each.launcher_share),
        ("launcher's largest memory", "{:.0f} MB", lambda each: each.launcher_megabytes),
        ("CPU of `check`", "{:.0f} ms", lambda each: each.check),
    ]
    lines = ["| | Metaflow | here | Metaflow / here |", "|---|---|---|---|"]
    for title, form, figure in rows:
        here = statistics.median(map(figure, ours))
        there = statistics.median(map(figure, theirs)) if theirs else None
        shown = ("–", "–") if there is None else (form.format(there), f"{there / here:.1f}")
        lines.append(f"| {title} | {shown[0]} | {form.format(here)} | {shown[1]} |")
    plain, viewed = (statistics.median(each[index] for each in live) for index in (0, 1))
    lines.append(f"\nItems of the foreach: {items} here, {THEIR_ITEMS} in Metaflow.")
    lines.append(f"The launcher's own CPU with the live view: {viewed:.2f} s, {viewed / plain:.2f} times plain lines.")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("FLOWS_TEST_METAFLOW_PYTHON", str(ROOT / ".venv-metaflow/bin/python"))
    parser.add_argument("--metaflow", default=default, metavar="PYTHON", help="interpreter that has genuine Metaflow")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--items", type=int, default=1000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "launcher.py").write_text(LAUNCHER)
        (folder / "wide.py").write_text(WIDE)
        for steps in (1, STEPS):
            (folder / f"linear{steps}.py").write_text(linear(steps))
        here = Side("here", sys.executable, True, folder)
        there = Side("Metaflow", asked.metaflow, False, folder) if Path(asked.metaflow).exists() else None
        print(table(*_rounds(here, there, asked.rounds, asked.items), asked.items))
        theirs = f"Metaflow {_version(there)}" if there else "No Metaflow"
    print(f"{theirs}; Python {platform.python_version()} here; {os.cpu_count()} CPUs; {asked.rounds} rounds.")


def _version(there: Side) -> str:
    code = "import metaflow, platform; print(f'{metaflow.__version__} on Python {platform.python_version()}')"
    return subprocess.run([there.python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def _rounds(
    here: Side, there: Side | None, rounds: int, items: int
) -> tuple[list[Figures], list[Figures], list[tuple[float, float]]]:
    ours, theirs, live = [], [], []
    for side in filter(None, (here, there)):
        side.use("wide", "run")  # compiles what is imported
    for _ in range(rounds):
        ours.append(Figures.measure(here, items))
        if there is not None:
            theirs.append(Figures.measure(there, THEIR_ITEMS))
        wide = ("wide", "run", "--items", str(items), "--max-num-splits", str(items))
        live.append((here.use(*wide).launcher, here.use(*wide, terminal=True).launcher))
    return ours, theirs, live


if __name__ == "__main__":
    main()
