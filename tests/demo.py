"""`make demo`: compile the example flows, run one of them on a real Airflow, and show what came out of it.

Everything it makes is under .demo/, beside the DAG files in dags/, which come out as they are in the repository.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests import reaper
from tests.isolation import isolate
from tests.rest import FINAL_STATES, Json, task_name
from tests.services import Airflow, prepared_database

ROOT = Path(__file__).parent.parent
DEMO = ROOT / ".demo"
HOME = DEMO / "airflow"
KEPT = DEMO / "reaper.pid"
FLOW = "CatchRetryFlow"
EXPECTED = [10.0, 5.0]
ENDED = (*FINAL_STATES, "skipped", "upstream_failed", "removed")
console = Console()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave Airflow running when the demo is over")
    parser.add_argument("--stop", action="store_true", help="only stop what --keep left running")
    options = parser.parse_args()
    isolate()
    stop_kept()
    return 0 if options.stop else demo(options.keep)


def demo(keep: bool) -> int:
    shutil.rmtree(HOME, ignore_errors=True)
    compile_flows()
    with console.status("Preparing Airflow's database"):
        database = prepared_database(DEMO / "databases")
    airflow = Airflow(HOME, dags=ROOT / "dags", database=database)
    with console.status("Starting Airflow: scheduler, DAG processor, API servers"):
        airflow.start()
    try:
        works = run_flow(airflow)
        if keep:
            leave_running(airflow)
    finally:
        airflow.stop()
    console.print("[green]The demo worked.[/]" if works else "[red]The demo failed.[/]")
    console.print("Next, a flow of your own: .venv/bin/flows-compile FLOW.py")
    return 0 if works else 1


def compile_flows() -> None:
    """Compile every example flow to the DAG file of the same name."""
    compiler = Path(sys.executable).parent / "flows-compile"
    for flow in example_flows():
        target = ROOT / "dags" / flow.name
        console.print(f"flows-compile {flow.relative_to(ROOT)} -o {target.relative_to(ROOT)}")
        subprocess.run([str(compiler), str(flow), "-o", str(target)], check=True, cwd=ROOT)


def example_flows() -> list[Path]:
    """Return the files that hold a flow; the others beside them are modules that these import."""
    files = sorted((ROOT / "dags" / "flows").glob("*.py"))
    return [file for file in files if re.search(r"^class \w+\(FlowSpec\):", file.read_text("utf-8"), re.MULTILINE)]


def run_flow(airflow: Airflow) -> bool:
    """Trigger the flow, follow it, show its tasks and its result; tell whether they are what they should be."""
    with console.status(f"Waiting for the DAG {FLOW}"):
        airflow.wait_for_dag(FLOW)
        airflow.unpause(FLOW)
    run_id = airflow.trigger(FLOW)
    state = follow(airflow, run_id)
    console.print(task_table(airflow.task_instances(FLOW, run_id), run_id))
    results = read_results(run_id)
    console.print(f"Run({FLOW + '/' + run_id!r}).data.results == {results!r}", highlight=False)
    return state == "success" and results == EXPECTED


def follow(airflow: Airflow, run_id: str, timeout: float = 120) -> str:
    """Show a bar over the run's tasks until the run ends; return its state."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    deadline = time.monotonic() + timeout
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("tasks of the run", total=None)
        while True:
            state = str(airflow.dag_run(FLOW, run_id)["state"])
            tasks = airflow.task_instances(FLOW, run_id)
            progress.update(bar, total=len(tasks), completed=sum(task["state"] in ENDED for task in tasks))
            if state in FINAL_STATES:
                return state
            airflow.check_alive()
            if time.monotonic() > deadline:
                raise TimeoutError(f"run {run_id} of {FLOW} has {airflow.states(FLOW, run_id)}")
            time.sleep(0.3)


def task_table(tasks: list[Json], run_id: str) -> Table:
    table = Table("Task", "Item", "State", "Attempts", "Seconds", title=f"{FLOW}, run {run_id}", title_justify="left")
    for task in sorted(tasks, key=lambda task: (task["start_date"] or "", task["map_index"])):
        colour = "green" if task["state"] == "success" else "red"
        seconds = "" if task["duration"] is None else f"{task['duration']:.1f}"
        name = task_name(task["task_id"], task["map_index"])
        attempts = str(task["try_number"])
        table.add_row(name, task.get("rendered_map_index") or "", f"[{colour}]{task['state']}[/]", attempts, seconds)
    return table


def read_results(run_id: str) -> Any:
    """Read the artifact with the client, which finds the datastore as Airflow's workers did."""
    os.environ["AIRFLOW_HOME"] = str(HOME)
    from airflow_provider_flows.client import Run, namespace

    namespace(None)
    return getattr(Run(f"{FLOW}/{run_id}").data, "results", None)


def leave_running(airflow: Airflow) -> None:
    KEPT.write_text(str(airflow.detach()))
    console.print(f"Airflow is running: [bold]{airflow.url}/dags/{FLOW}[/]")
    console.print(f"Its home is {HOME.relative_to(ROOT)}/. Stop it with: [bold]make demo-stop[/]")


def stop_kept() -> None:
    """Stop the Airflow that an earlier `--keep` left running, if there is one."""
    if not KEPT.exists():
        return
    pid = int(KEPT.read_text())
    if Path(reaper.__file__).name in reaper.command_line(pid):
        console.print("Stopping the Airflow of the last demo")
        os.kill(pid, signal.SIGTERM)
        while reaper.command_line(pid):
            time.sleep(0.1)
    KEPT.unlink()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
