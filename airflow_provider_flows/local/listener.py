"""What a local run tells whoever shows it. LAUNCH phase."""

from __future__ import annotations

from airflow_provider_flows.local.progress import Task
from airflow_provider_flows.local.worker import Worker
from airflow_provider_flows.store import AttemptRecord


class Listener:
    """Told what happens in a run; each method does nothing unless overridden."""

    def task_started(self, task: Task, worker: Worker, retry_count: int, fallback: bool) -> None: ...

    def line(self, task: Task, worker: Worker, stream: str, text: str) -> None: ...

    def task_ended(self, task: Task, worker: Worker, record: AttemptRecord | None) -> None:
        """`record` is what the run goes on from, None when the attempt failed."""

    def task_waits(self, task: Task, seconds: float) -> None:
        """The task failed, and is tried again after so many seconds."""

    def task_cloned(self, task: Task, record: AttemptRecord) -> None: ...

    def run_failed(self, task: Task, running: int) -> None:
        """The attempt of `task` that ended just now was its last one; `running` others are told to end."""

    def run_interrupted(self, running: int) -> None:
        """Somebody pressed Ctrl-C, or ended this process; `running` tasks are told to end."""
