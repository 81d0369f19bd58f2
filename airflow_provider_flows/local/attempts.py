"""Attempts of a local run: made with their hooks, started as processes, and read from the store. LAUNCH phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any

from airflow_provider_flows.context import SystemContext, entered
from airflow_provider_flows.decorators.budget import budget_of
from airflow_provider_flows.decorators.hooks import call_hook
from airflow_provider_flows.errors import FlowsError, RunStopped, StepFailed, StoreError
from airflow_provider_flows.local.local_run import Listener, LocalRun
from airflow_provider_flows.local.progress import Task
from airflow_provider_flows.local.workers import Worker, Workers
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.store.log_format import STDERR
from airflow_provider_flows.task.attempt_log import AttemptLog
from airflow_provider_flows.task.request import TaskRequest


@dataclass
class CliArguments:
    """What `runtime_step_cli` may change of an attempt's process: its environment."""

    env: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] = field(default_factory=list)
    top_level_options: dict[str, Any] = field(default_factory=dict)
    commands: list[str] = field(default_factory=lambda: ["step"])
    command_args: list[str] = field(default_factory=list)
    command_options: dict[str, Any] = field(default_factory=dict)


class at:  # a context manager as a class, which lines of output come through by the thousands
    """Raise RunStopped, which names the task, for what is not the step's failure but the store's or the output's."""

    __slots__ = ("_task",)

    def __init__(self, task: Task) -> None:
        self._task = task

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, (FlowsError, OSError)) and not isinstance(error, StepFailed):
            raise RunStopped(self._task.step, self._task.id, error) from error


@dataclass
class LocalAttempt:
    """One attempt of a task, before and while it runs."""

    task: Task
    context: SystemContext
    log: AttemptLog
    request: TaskRequest

    @property
    def retry_count(self) -> int:
        return self.request.retry_count

    @property
    def is_fallback(self) -> bool:
        """Whether the step's code does not run any more, but what `@catch` makes of its failure is recorded."""
        return self.request.is_fallback

    @property
    def is_last(self) -> bool:
        return self.request.budget.is_last(self.retry_count)

    def again(self) -> LocalAttempt:
        """Return the next attempt of the same task."""
        following = self.retry_count + 1
        request = replace(self.request, retry_count=following, attempt=following)
        return replace(self, request=request, log=self.log.afresh())


class Attempts:
    """The attempts of one run, and the workers that they run in."""

    def __init__(self, run: LocalRun, workers: Workers, listener: Listener) -> None:
        self._run, self._workers, self._listener = run, workers, listener
        self._running: dict[int, LocalAttempt] = {}

    def first(self, task: Task, input_paths: Sequence[str]) -> LocalAttempt:
        """Return the first attempt of a task that the run has come to."""
        context = SystemContext(
            self._run.context,
            task_id=task.id,
            split_index=task.path[-1] if task.path else None,
            input_paths=list(input_paths),
            is_cloned=False,
            task_datastore=self._run.store,
        )
        values = context._values(step_name=task.step)
        with entered(context):
            for decorator in self._run.steps[task.step].decorators:
                call_hook(decorator, "runtime_task_created", values)
        request = TaskRequest(
            task.step,
            task.path,
            task.iteration,
            budget=budget_of(self._run.steps[task.step]),
            attempt=0,  # a local run starts its attempts one by one, and nobody clears them
            parameters=dict(self._run.options.parameters) if task.step == self._run.graph.start_step else {},
        )
        return LocalAttempt(task, context, AttemptLog(self._run.options.max_log_size), request)

    def start(self, attempt: LocalAttempt) -> Worker:
        """Start the attempt's process."""
        task = attempt.task
        with at(task):
            worker = self._workers.start(
                attempt.request,
                self._arguments(attempt).env,
                self._run.environments.get(task.step),
                on_start=lambda worker: self._started(attempt, worker),
                on_line=lambda worker, stream, text: self._printed(attempt, worker, stream, text),
                on_prompt=lambda worker, prompt: self._listener.prompted(task, worker, prompt),
            )
        self._running[worker.id] = attempt
        return worker

    def ended(self, worker: Worker) -> tuple[LocalAttempt, AttemptRecord | None]:
        """Keep what an attempt printed, and of what its process died; return it with what the run can continue with."""
        attempt = self._running.pop(worker.id)
        if worker.died_of is not None:
            attempt.log.add(STDERR, f"The process of the step {worker.died_of}.")
        with at(attempt.task):
            record = self._record(attempt, worker)
            if attempt.log.lines or record is None:  # an empty one tells of an attempt that left nothing else
                self._keep_log(attempt, worker)
            self._listener.task_ended(attempt.task, worker, record)
        return attempt, record

    def _arguments(self, attempt: LocalAttempt) -> CliArguments:
        arguments, step, user_retries = CliArguments(), attempt.task.step, attempt.request.budget.user
        attempt.context._update(retry_count=attempt.retry_count, max_user_code_retries=user_retries)
        values = attempt.context._values(step_name=step, cli_args=arguments)
        with entered(attempt.context):
            for decorator in self._run.steps[step].decorators:
                call_hook(decorator, "runtime_step_cli", values)
        return arguments

    def _started(self, attempt: LocalAttempt, worker: Worker) -> None:
        with at(attempt.task):
            self._listener.task_started(attempt.task, worker, attempt.retry_count, attempt.is_fallback)

    def _printed(self, attempt: LocalAttempt, worker: Worker, stream: str, text: str) -> None:
        attempt.log.add(stream, text)
        with at(attempt.task):
            self._listener.line(attempt.task, worker, stream, text)

    def _keep_log(self, attempt: LocalAttempt, worker: Worker) -> None:
        try:
            self._run.store.write_log(self._run.address(attempt.task), attempt.retry_count, attempt.log.lines)
        except StoreError as error:  # the log was shown, and the artifacts are there
            self._listener.log_lost(attempt.task, worker, error)

    def _record(self, attempt: LocalAttempt, worker: Worker) -> AttemptRecord | None:
        """Return what the attempt left, if it is something to go on with: a process may end well and leave nothing."""
        if worker.status != 0:
            return None
        record = self._run.store.read_attempt(self._run.address(attempt.task), attempt.retry_count)
        return None if record is None or record.outcome == "failed" else record
