"""What it costs to run a step in an environment of its own that is ready, beside the same step without one.

    PYTHONPATH=. python tests/benchmarks/bench_environments.py --rounds 3

A chain of `--steps` empty steps runs with and without `@pypi_base(packages={})`: with `flows FLOW.py run`, and as a DAG
with `dag.test()`. Figures are CPU, user and system, of the command and all of its descendants, for each step: the
median of the rounds, which alternate between the two.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from airflow_provider_flows.compiler.compile import compile_flow

from tests.services import clean_environ, prepared_database
from tests.support.options import compile_options

PROJECT = Path(__file__).parents[2]
HEAD = "from metaflow import FlowSpec, pypi_base, step\n\n\n{above}class Chain{kind}(FlowSpec):\n"
STEP = "    @step\n    def {name}(self):\n        {body}\n\n"
KINDS = {"Plain": "", "Own": "@pypi_base(packages={})\n"}


def source(kind: str, steps: int) -> str:
    names = ["start", *(f"s{number}" for number in range(1, steps - 1)), "end"]
    bodies = [*(f"self.next(self.{name})" for name in names[1:]), "pass"]
    body = "".join(STEP.format(name=name, body=body) for name, body in zip(names, bodies, strict=True))
    return HEAD.format(above=KINDS[kind], kind=kind) + body


def used(command: list[str], environ: dict[str, str], folder: Path) -> float:
    """Return the seconds of CPU that a command and its descendants took."""
    with open(folder / "output", "wb") as output:
        process = subprocess.Popen(command, env=environ, cwd=folder, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, (folder / "output").read_text()[-2000:]
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "home" / "dags").mkdir(parents=True)
        (folder / "home" / "airflow.db").write_bytes(prepared_database(folder / "databases").read_bytes())
        environ = {
            **clean_environ(),
            "PYTHONPATH": str(PROJECT),
            "AIRFLOW_HOME": str(folder / "home"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "home" / "dags"),
            "FLOWS_ENVIRONMENT_CACHE": str(folder / "environments"),
            "FLOWS_DATASTORE_ROOT": str(folder / "store"),
        }
        commands: dict[tuple[str, str], list[str]] = {}
        for kind in KINDS:
            file = folder / f"chain_{kind.lower()}.py"
            file.write_text(source(kind, options.steps))
            (folder / f"dag_{kind}.py").write_text(compile_flow(compile_options(file)).text)
            runs = [{"name": kind, "conf": {}}]
            (folder / f"jobs_{kind}").write_text(json.dumps([{"file": str(folder / f"dag_{kind}.py"), "runs": runs}]))
            commands["local run", kind] = [sys.executable, "-m", "airflow_provider_flows", str(file), "run"]
            commands["Airflow", kind] = [
                *(sys.executable, "-m", "tests.conformance.airflow_runs"),
                *(str(folder / f"jobs_{kind}"), str(folder / f"results_{kind}")),
            ]
        for command in commands.values():  # environments and bytecode are there from now on
            used(command, environ, folder)
        found: dict[tuple[str, str], list[float]] = {key: [] for key in commands}
        for _ in range(options.rounds):
            for key, command in commands.items():
                found[key].append(used(command, environ, folder) / options.steps * 1000)
    print("| | without | with an environment | more |\n|---|---|---|---|")
    for place in ("local run", "Airflow"):
        plain, own = (statistics.median(found[place, kind]) for kind in KINDS)
        print(f"| {place} | {plain:.0f} ms | {own:.0f} ms | {own - plain:.0f} ms |")


if __name__ == "__main__":
    main()
