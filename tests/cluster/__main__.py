"""`make cluster`: the example flows, or one flow of the caller's, on a cluster that loses a worker in mid-step.

All that it writes is below `.cluster/`.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from tests.cluster import programs
from tests.cluster.deployment import Cluster
from tests.cluster.starting import begin_wide, cluster
from tests.conftest import ROOT

HOME = ROOT / ".cluster"
WIDE = Path(__file__).parent / "flows" / "wide_flow.py"
DEMO = [ROOT / "dags" / "flows" / f"{name}.py" for name in ("total_fare_flow", "catch_retry_flow")]


def main(flow: str | None) -> int:
    if flow is not None and not Path(flow).is_file():
        print(f"There is no flow file {flow}.", file=sys.stderr)
        return 2
    shutil.rmtree(HOME, ignore_errors=True)
    try:
        with cluster(HOME, [*([Path(flow).absolute()] if flow else DEMO), WIDE]) as running:
            print("Up: PostgreSQL, Redis, S3, two API servers, scheduler, DAG processor, triggerer, two Celery workers")
            is_good = all([show(running, dag_id) for dag_id in running.roots if dag_id != "WideFlow"])
            return 0 if is_good and lose_a_worker(running) else 1
    except programs.Missing as error:
        print(error, file=sys.stderr)
        return 2


def show(running: Cluster, dag_id: str) -> bool:
    """Run a DAG with its defaults; say how it went."""
    began = time.monotonic()
    run = running.run_flow(dag_id)
    state = run.wait()
    print(f"{dag_id}: {state}, {len(run.states)} tasks in {time.monotonic() - began:.1f} s")
    return state == "success"


def lose_a_worker(running: Cluster) -> bool:
    """Kill a worker while it works on some of twelve items; say what became of them."""
    run = begin_wide(running, 12, 5.0)
    running.kill("w1")
    print("WideFlow: killed worker w1 with all its processes, in mid-step")
    state = run.wait()
    outcomes = [run.outcomes("work", index) for index in range(12)]
    again = sum(len(run.tries("work", index)) > 1 for index in range(12))
    squares = run.value("join", "squares")
    is_good = state == "success" and squares == [n * n for n in range(12)] and all(o.count("ok") == 1 for o in outcomes)
    print(f"WideFlow: {state}; {again} of 12 items were tried again; squares {squares}")
    print("Nothing was lost." if is_good else "Something was lost.")
    return is_good


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
