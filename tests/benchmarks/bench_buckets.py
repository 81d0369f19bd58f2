"""Times both libraries that open a bucket, against a real S3 server on loopback. Prints a table in Markdown.

    PYTHONPATH=. python tests/benchmarks/bench_buckets.py --rounds 5

Each figure is the median of `--rounds` processes, which alternate between the two libraries. CPU is that of the
client's process, user and system; the server is another one. Requests are the backend's own, as a step makes them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from tests.support.places import ministack

PROJECT = Path(__file__).parents[2]

CLIENT = """
import json, os, resource, sys, time
from concurrent.futures import ThreadPoolExecutor

def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime, time.perf_counter()

found = {}

def measured(name, times, act):
    before = used()
    result = act()
    found[name] = [(now - then) * 1000 / times for now, then in zip(used(), before)]
    return result

from airflow_provider_flows.store import open_store
import blake3, zstandard

def first():
    backend = open_store(sys.argv[1])._backend
    backend.children("")
    return backend

backend = measured("open, and the first request", 1, first)
small, big = os.urandom(2048), os.urandom(128 << 20)
pool = ThreadPoolExecutor(16)
backend.create("warm", small), backend.read("warm")
list(pool.map(backend.read, ["warm"] * 32))
measured("create a record of 2 KB", 300, lambda: [backend.create(f"r/{n}", small) for n in range(300)])
measured("read it", 300, lambda: [backend.read(f"r/{n}") for n in range(300)])
measured("read 300 at once, each", 300, lambda: list(pool.map(lambda n: backend.read(f"r/{n}"), range(300))))
measured("list 300", 10, lambda: [backend.children("r") for _ in range(10)])
path = backend.scratch("b")
with open(path, "wb") as file:
    file.write(big)
measured("write a blob of 128 MiB", 1, lambda: backend.adopt(path, "b/big"))
view = measured("read it ", 1, lambda: backend.open_blob("b/big", len(big)).view(0, len(big)))
assert view == big
print(json.dumps(found))
"""


def run(backend: str, root: str, environment: dict[str, str]) -> dict[str, list[float]]:
    env = {**os.environ, **environment, "PYTHONPATH": str(PROJECT), "FLOWS_BUCKET_BACKEND": backend}
    done = subprocess.run([sys.executable, "-c", CLIENT, root], capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    backends = ("obstore", "fsspec")
    results: dict[str, list[dict[str, list[float]]]] = {backend: [] for backend in backends}
    with ministack() as place:
        for _ in range(rounds):
            for backend in backends:
                results[backend].append(run(backend, place.new_root(), place.environment))
    print("| | obstore: CPU | wall | fsspec: CPU | wall | CPU, fsspec / obstore | wall |")
    print("|---|---|---|---|---|---|---|")
    for name in results["obstore"][0]:
        medians = [
            [statistics.median(one[name][which] for one in results[backend]) for which in (0, 1)]
            for backend in backends
        ]
        (cpu, wall), (other_cpu, other_wall) = medians
        times = [f"{each:.2f} ms" if each < 10 else f"{each:.0f} ms" for each in (cpu, wall, other_cpu, other_wall)]
        row = [name.strip(), *times, f"{other_cpu / cpu:.1f}", f"{other_wall / wall:.1f}"]
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
