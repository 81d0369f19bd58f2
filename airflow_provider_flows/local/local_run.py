"""What a local run is before it starts, and what it reports to its display. LAUNCH phase; data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airflow_provider_flows.context import SystemContext
from airflow_provider_flows.decorators.builtin.retry import RetryDecorator
from airflow_provider_flows.environments import ReadyEnvironment
from airflow_provider_flows.flow.attachments import StepAttachments
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.local.progress import Task
from airflow_provider_flows.local.worker import Worker
from airflow_provider_flows.setup.origin import Origin
from airflow_provider_flows.store import AttemptRecord, Store
from airflow_provider_flows.task.attempt_log import MAX_LOG_SIZE


@dataclass(frozen=True)
class RunOptions:
    """What the command line says about how a flow runs; `parameters` by name, which the start step's process converts.

    `namespace` is whose runs the client shows inside of steps, `""` for all; None for the user's own. `max_log_size` is
    in bytes. Retries start at once, unless `honor_retry_delay` says that they wait as @retry asks. With
    `short_prefix`, lines begin with less.
    """

    parameters: Mapping[str, Any] = field(default_factory=dict)
    class_name: str | None = None
    tags: tuple[str, ...] = ()
    max_workers: int = 16
    max_num_splits: int = 100
    namespace: str | None = None
    run_id_file: Path | None = None
    datastore_root: str | None = None
    quiet: bool = False
    max_log_size: int = MAX_LOG_SIZE
    origin: Origin | None = None
    honor_retry_delay: bool = False
    short_prefix: bool = False


@dataclass(frozen=True)
class LocalRun:
    """A flow that is about to run: set up in this process, with what its steps need to know."""

    graph: FlowGraph
    steps: Mapping[str, StepAttachments]
    context: SystemContext
    store: Store
    run_id: str
    options: RunOptions
    environments: Mapping[str, ReadyEnvironment] = field(default_factory=dict)
    """The Python environments of the steps that have one of their own, by the step's name."""

    def address(self, task: Task) -> TaskAddress:
        return TaskAddress.of(self.graph.name, self.run_id, task.step, task.path, task.iteration)

    def retry_delay(self, step: str) -> float:
        """Return the seconds between a failure of the step's code and its next attempt."""
        delays = [each.delay for each in self.steps[step].decorators if isinstance(each, RetryDecorator)]
        return delays[0].total_seconds() if delays and self.options.honor_retry_delay else 0.0


class Listener:
    """Told what happens in a run; each method does nothing unless overridden."""

    def task_started(self, task: Task, worker: Worker, retry_count: int, fallback: bool) -> None: ...

    def line(self, task: Task, worker: Worker, stream: str, text: str) -> None: ...

    def prompted(self, task: Task, worker: Worker, prompt: str) -> None:
        """A debugger in the task waits for input."""

    def task_ended(self, task: Task, worker: Worker, record: AttemptRecord | None) -> None:
        """`record` is what the run continues with, None when the attempt failed."""

    def log_lost(self, task: Task, worker: Worker, error: Exception) -> None:
        """What the attempt printed could not be kept; the run goes on."""

    def task_waits(self, task: Task, seconds: float) -> None:
        """The task failed, and is tried again after so many seconds."""

    def task_cloned(self, task: Task, record: AttemptRecord) -> None: ...

    def run_failed(self, task: Task, running: int) -> None:
        """The attempt of `task` that ended just now was its last one; `running` others are told to end."""

    def run_interrupted(self, running: int) -> None:
        """Somebody pressed Ctrl-C, or ended this process; `running` tasks are told to end."""
