"""What a local run shows: a line for each thing that happens, in Metaflow's form. LAUNCH phase."""

from __future__ import annotations

import sys
from datetime import datetime

import click
from airflow_provider_flows.local.launcher import Listener
from airflow_provider_flows.local.progress import Task
from airflow_provider_flows.local.workers import Worker
from airflow_provider_flows.store import AttemptRecord


class Lines(Listener):
    """Prints lines such as `2026-11-22 00:32:03.453 [run/start/task (pid 10325)] Task is starting.`

    System lines are told apart by colour on a terminal. `quiet` leaves them out.
    """

    def __init__(self, run_id: str, quiet: bool = False) -> None:
        self._run_id, self._quiet = run_id, quiet

    def system(self, text: str, where: str = "", error: bool = False) -> None:
        """Print a line of our own."""
        if not self._quiet or error:
            self._print(where, click.style(text, bold=not error, fg="red" if error else None))

    def task_started(self, task: Task, worker: Worker, retry_count: int, fallback: bool) -> None:
        if fallback:
            text = "Task fallback is starting to handle the failure."
        else:
            text = "Task is starting (retry)." if retry_count else "Task is starting."
        self.system(text, self._where(task, worker))

    def line(self, task: Task, worker: Worker, stream: str, text: str) -> None:
        self._print(self._where(task, worker), text)

    def task_ended(self, task: Task, worker: Worker, record: AttemptRecord | None) -> None:
        where = self._where(task, worker)
        if record is None:
            died = f": its process {worker.died_of}" if worker.died_of else ""
            self.system(f"Task failed{died}.", where, error=True)
            return
        if record.num_splits is not None:
            self.system(f"Foreach yields {record.num_splits} child steps.", where)
        self.system("Task finished successfully.", where)

    def task_cloned(self, task: Task, record: AttemptRecord) -> None:
        where = f"[{self._run_id}/{task.step}/{task.id}] "
        self.system(f"Task is cloned from run {record.metadata['origin_run_id']}.", where)

    def run_failed(self, task: Task, running: int) -> None:
        self.system("Workflow failed.", error=True)
        self.system(f"Terminating {running} active tasks...", error=True)

    def _where(self, task: Task, worker: Worker) -> str:
        return f"[{self._run_id}/{task.step}/{task.id} (pid {worker.pid})] "

    def _print(self, where: str, text: str) -> None:
        now = datetime.now().isoformat(" ", timespec="milliseconds")
        click.echo(f"{click.style(now, fg='magenta')} {click.style(where, fg='bright_black')}{text}")
        sys.stdout.flush()
