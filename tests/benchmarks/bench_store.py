"""Times saving and loading artifacts, beside genuine Metaflow where there is one. Prints a table in Markdown.

    python tests/benchmarks/bench_store.py --metaflow-python /path/to/an/environment/bin/python

Each figure is the best of `--rounds` runs, each in a process of its own; Metaflow's is its datastore's
`save_artifacts` and `load_artifacts`, called as its task does. Peak is the growth of resident memory from right
before the object was made (save) or loaded (load), over the object's size.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).parents[2]

COMMON = """
import json, os, sys, time
import numpy as np
what, action, root = sys.argv[1:]

def array():
    return np.random.default_rng(0).random(32 << 20)

def frame():
    import pandas as pd
    n = 650_000
    rng = np.random.default_rng(0)
    columns = {"x": rng.random(n), "y": rng.integers(0, 1000, n), "z": np.arange(n)}
    columns.update({f"f{i}": rng.normal(size=n).round(2) for i in range(3)})
    return pd.DataFrame(columns)

def highest():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM"))

def measure(prepare, act):
    import pandas
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    before = highest()
    value = prepare()
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    started = time.perf_counter()
    result = act(value)
    print(json.dumps({"seconds": time.perf_counter() - started, "peak": highest() - before}))
    return result
"""

OURS = (
    COMMON
    + """
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import AttemptRecord, open_store
import blake3, zstandard
store, where = open_store(root), TaskAddress("F", "r", "s", "s")
store.save("F", {"warm": b"1" * 100_000})
if action == "save":
    measure({"array": array, "frame": frame}[what], lambda value: store.commit(
        AttemptRecord(where, store.next_attempt(where), "ok", artifacts=store.save("F", {"v": value}))))
else:
    def touch(_):
        value = store.load("F", store.read_newest(where).artifacts["v"])
        return value.sum()
    measure(lambda: None, touch)
"""
)

METAFLOW = (
    COMMON
    + """
os.environ["METAFLOW_USER"] = "me"
os.environ["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = root
from metaflow.datastore import FlowDataStore
from metaflow.plugins.datastores.local_storage import LocalStorage
from metaflow.metaflow_environment import MetaflowEnvironment

os.makedirs(os.path.join(root, ".metaflow"), exist_ok=True)
where = os.path.join(root, ".metaflow")
store = FlowDataStore("F", MetaflowEnvironment(None), storage_impl=LocalStorage, ds_root=where)

def save(value):
    task = store.get_task_datastore("1", "s", "1", attempt=0, mode="w")
    task.init_task()
    task.save_artifacts([("v", value)])
    task.done()

def load(_):
    task = store.get_task_datastore("1", "s", "1")
    return dict(task.load_artifacts(["v"]))["v"].sum()

if action == "save":
    measure({"array": array, "frame": frame}[what], save)
else:
    measure(lambda: None, load)
"""
)

SIZES = {"array": 256 << 20, "frame": 650_000 * 8 * 6}
TITLES = {"array": "256 MiB random float64", "frame": "30 MiB DataFrame"}


def run(python: str, script: str, what: str, action: str, root: str) -> dict[str, float]:
    env = {**os.environ, "PYTHONPATH": str(PROJECT)} if script is OURS else dict(os.environ)
    done = subprocess.run([python, "-c", script, what, action, root], capture_output=True, text=True, env=env, cwd=root)
    if done.returncode:
        sys.exit(done.stderr)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def best(python: str, script: str, what: str, rounds: int) -> dict[str, dict[str, float]]:
    """Return the fastest save into an empty store, and the fastest load."""
    results: dict[str, list[dict[str, float]]] = {"save": [], "load": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as root:
            for action in results:
                results[action].append(run(python, script, what, action, root))
    return {action: min(several, key=lambda one: one["seconds"]) for action, several in results.items()}


def milliseconds(result: dict[str, float]) -> str:
    return f"{result['seconds'] * 1000:.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--metaflow-python", help="interpreter of an environment with metaflow, numpy and pandas")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=SIZES)
    options = parser.parse_args()
    print("| artifact | operation | ours | Metaflow | ratio | our peak / size | Metaflow's peak / size |")
    print("|---|---|---|---|---|---|---|")
    for what, size in SIZES.items():
        if what != (options.only or what):
            continue
        ours = best(sys.executable, OURS, what, options.rounds)
        theirs = best(options.metaflow_python, METAFLOW, what, options.rounds) if options.metaflow_python else {}
        for action, mine in ours.items():
            row = [TITLES[what], action, milliseconds(mine)]
            other = theirs.get(action)
            row += [milliseconds(other), f"{other['seconds'] / mine['seconds']:.1f}x"] if other else ["", ""]
            row += [f"{mine['peak'] / size:.2f}", f"{other['peak'] / size:.2f}" if other else ""]
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
