"""Run a flow on this machine, from start to end or to the first step that fails for good. LAUNCH phase."""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from airflow_provider_flows.context import SystemContext, entered
from airflow_provider_flows.decorators.setup import retry_counts
from airflow_provider_flows.graph.model import FlowGraph
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.local.progress import Progress, Task
from airflow_provider_flows.local.workers import Worker, Workers
from airflow_provider_flows.store import AttemptRecord, Store
from airflow_provider_flows.store.logs import STDERR
from airflow_provider_flows.task.logs import MAX_LOG_SIZE, AttemptLog
from airflow_provider_flows.task.model import Attempt, Origin
from airflow_provider_flows.task.run import clone_task
from airflow_provider_flows.task.view import RunView

GRACE = 5.0
"""Seconds that running steps have to end by themselves after another one failed (Metaflow 2.19)."""


@dataclass
class CliArguments:
    """What `runtime_step_cli` may change of an attempt's process: its environment."""

    env: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] = field(default_factory=list)
    top_level_options: dict[str, Any] = field(default_factory=dict)
    commands: list[str] = field(default_factory=lambda: ["step"])
    command_args: list[str] = field(default_factory=list)
    command_options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LocalRun:
    """A flow that is about to run: set up in this process, with what its steps need to know."""

    graph: FlowGraph
    steps: Mapping[str, Any]
    context: SystemContext
    store: Store
    run_id: str
    parameters: Mapping[str, Any]
    max_workers: int = 16
    max_num_splits: int = 100
    max_log_size: int = MAX_LOG_SIZE
    origin: Origin | None = None


class Listener:
    """Told what happens in a run; each method does nothing unless overridden."""

    def task_started(self, task: Task, worker: Worker, retry_count: int, fallback: bool) -> None: ...

    def line(self, task: Task, worker: Worker, stream: str, text: str) -> None: ...

    def task_ended(self, task: Task, worker: Worker, record: AttemptRecord | None) -> None: ...

    def task_cloned(self, task: Task, record: AttemptRecord) -> None: ...

    def run_failed(self, task: Task, running: int) -> None: ...


@dataclass
class _Attempt:
    task: Task
    retry_count: int
    context: SystemContext
    log: AttemptLog

    def again(self) -> _Attempt:
        """Return the next attempt of the same task."""
        return replace(self, retry_count=self.retry_count + 1, log=self.log.afresh())


class Launcher:
    """Keeps `max_workers` attempts running while there are tasks to run."""

    def __init__(self, run: LocalRun, workers: Workers, listener: Listener) -> None:
        self._run, self._workers, self._listener = run, workers, listener
        self._progress = Progress(run.graph)
        self._waiting: deque[Iterator[Task]] = deque()
        self._again: deque[_Attempt] = deque()
        self._attempts: dict[int, _Attempt] = {}
        self._parents: dict[Task, list[str]] = {}
        self._reached_end = False

    def run(self) -> bool:
        """Run the flow; return whether it succeeded. KeyboardInterrupt stops what runs and passes through."""
        self._hooks("runtime_init", self._run.context.flow, self._run.graph, None, self._run.run_id)
        failure: BaseException | None = None
        succeeded = False
        try:
            succeeded = self._loop()
        except BaseException as exception:
            failure = exception
            self._stop(GRACE if isinstance(exception, KeyboardInterrupt) else 0)
            raise
        finally:
            self._workers.close()  # first, because a hook may fail
            self._hooks("runtime_finished", failure)
        return succeeded

    def _loop(self) -> bool:
        self._waiting.append(iter([self._progress.first()]))
        while True:
            while len(self._workers) < self._run.max_workers and (attempt := self._next()) is not None:
                self._start(attempt)
            if not len(self._workers):
                return self._reached_end
            for worker in self._workers.wait():
                if not self._ended(worker):
                    return False

    def _next(self) -> _Attempt | None:
        if self._again:
            return self._again.popleft()
        while self._waiting:
            task = next(self._waiting[0], None)
            if task is None:
                self._waiting.popleft()
            elif (record := self._cloned(task)) is not None:
                self._listener.task_cloned(task, record)
                self._go_on(task, record)
            else:
                return self._created(task)
        return None

    def _cloned(self, task: Task) -> AttemptRecord | None:
        run = self._run
        if run.origin is None:
            return None
        view = RunView(run.store, run.graph, run.run_id)
        return clone_task(view, run.origin, Attempt(task.step, task.path, iteration=task.iteration), {})

    def _created(self, task: Task) -> _Attempt:
        context = SystemContext(
            self._run.context,
            task_id=task.id,
            split_index=task.path[-1] if task.path else None,
            input_paths=self._parents.pop(task, []),
            is_cloned=False,
            task_datastore=self._run.store,
        )
        c = context
        with entered(context):
            for decorator in self._run.steps[task.step].decorators:
                if decorator.runtime_task_created_ctx is not None:
                    decorator.runtime_task_created_ctx(task.step)
                else:
                    decorator.runtime_task_created(
                        c.task_datastore, c.task_id, c.split_index, c.input_paths, c.is_cloned, c.ubf_context
                    )
        return _Attempt(task, 0, context, AttemptLog(self._run.max_log_size))

    def _start(self, attempt: _Attempt) -> None:
        task, step = attempt.task, self._run.steps[attempt.task.step]
        user_retries, _ = retry_counts(step)
        arguments = CliArguments()
        attempt.context._update(retry_count=attempt.retry_count, max_user_code_retries=user_retries)
        with entered(attempt.context):
            for decorator in step.decorators:
                if decorator.runtime_step_cli_ctx is not None:
                    decorator.runtime_step_cli_ctx(task.step, arguments)
                else:
                    decorator.runtime_step_cli(arguments, attempt.retry_count, user_retries, None)
        fallback = attempt.retry_count > user_retries
        request = {
            "step": task.step,
            "path": task.path,
            "iteration": task.iteration,
            "retry_count": attempt.retry_count,
            "fallback": fallback,
            "parameters": dict(self._run.parameters) if task.step == self._run.graph.start_step else {},
            "max_num_splits": self._run.max_num_splits,
        }
        worker = self._workers.start(
            request,
            arguments.env,
            on_start=lambda worker: self._listener.task_started(task, worker, attempt.retry_count, fallback),
            on_line=lambda worker, stream, text: self._printed(attempt, worker, stream, text),
        )
        self._attempts[worker.id] = attempt

    def _printed(self, attempt: _Attempt, worker: Worker, stream: str, text: str) -> None:
        attempt.log.add(stream, text)
        self._listener.line(attempt.task, worker, stream, text)

    def _ended(self, worker: Worker) -> bool:
        """Go on from an attempt that is over, with its followers or its retry; False when the run has failed."""
        attempt = self._over(worker)
        task = attempt.task
        record = self._record(attempt, worker)
        self._listener.task_ended(task, worker, record)
        if record is not None:
            self._go_on(task, record)
            return True
        user_retries, fallback_retries = retry_counts(self._run.steps[task.step])
        if attempt.retry_count < user_retries + fallback_retries:
            self._again.append(attempt.again())
            return True
        self._listener.run_failed(task, len(self._workers))
        self._stop(GRACE)
        return False

    def _over(self, worker: Worker) -> _Attempt:
        """Keep what an attempt printed, and of what its process died."""
        attempt = self._attempts.pop(worker.id)
        if worker.died_of is not None:
            attempt.log.add(STDERR, f"The process of the step {worker.died_of}.")
        if attempt.log.lines:
            self._run.store.write_log(self._address(attempt.task), attempt.retry_count, attempt.log.lines)
        return attempt

    def _go_on(self, task: Task, record: AttemptRecord) -> None:
        self._reached_end = self._reached_end or task.step == self._run.graph.end_step
        self._waiting.append(self._followers(task, record))

    def _record(self, attempt: _Attempt, worker: Worker) -> AttemptRecord | None:
        """Return what the attempt left, if it is something to go on with: a process may end well and leave nothing."""
        if worker.status != 0:
            return None
        record = self._run.store.read_attempt(self._address(attempt.task), attempt.retry_count)
        return None if record is None or record.outcome == "failed" else record

    def _address(self, task: Task) -> TaskAddress:
        return TaskAddress(self._run.graph.name, self._run.run_id, task.step, task.id)

    def _followers(self, task: Task, record: AttemptRecord) -> Iterator[Task]:
        path = record.address.pathspec
        for follower in self._progress.after(task, record):
            self._parents[follower] = [path]
            yield follower

    def _stop(self, grace: float) -> None:
        """End what still runs: it is given some seconds, then told to stop, then killed."""
        deadline = time.monotonic() + grace
        for number in (None, signal.SIGTERM, signal.SIGKILL):
            for worker in self._workers.running:
                if number is not None:
                    worker.signal(number)
            while len(self._workers) and time.monotonic() < deadline:
                for worker in self._workers.wait(max(deadline - time.monotonic(), 0)):
                    attempt = self._over(worker)
                    self._listener.task_ended(attempt.task, worker, self._record(attempt, worker))
            deadline = time.monotonic() + 1

    def _hooks(self, name: str, *arguments: Any) -> None:
        """Call a hook of the whole run on all decorators of all steps."""
        context: SystemContext = self._run.context
        context._update(run_id=self._run.run_id)
        with entered(context):
            for step, function in self._run.steps.items():
                for decorator in function.decorators:
                    variant = getattr(decorator, f"{name}_ctx")
                    if variant is None:
                        getattr(decorator, name)(*arguments)
                    elif name == "runtime_finished":
                        variant(step, *arguments)
                    else:
                        variant(step)
