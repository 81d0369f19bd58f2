"""Run a flow on this machine, from start to end or to the first step that fails for good. LAUNCH phase."""

from __future__ import annotations

import contextlib

from airflow_provider_flows.context import SystemContext, entered
from airflow_provider_flows.decorators.hooks import call_hook
from airflow_provider_flows.errors import StepFailed
from airflow_provider_flows.local.attempts import Attempts, at
from airflow_provider_flows.local.cloning import cloned
from airflow_provider_flows.local.local_run import Listener, LocalRun
from airflow_provider_flows.local.parallel_groups import Fresh, ParallelGroup, Waiting
from airflow_provider_flows.local.progress import Progress, Task, Together
from airflow_provider_flows.local.stopping import GRACE, Interrupted, Interrupts, Stopping
from airflow_provider_flows.local.workers import Worker, Workers
from airflow_provider_flows.store import AttemptRecord


class Launcher:
    """Keeps `max_workers` attempts running while there are tasks to run.

    The tasks of a `num_parallel` start when there is room for all of them, or nothing else runs any more; nothing else
    starts before them, so that they need not wait for ever.
    """

    def __init__(self, run: LocalRun, workers: Workers, listener: Listener) -> None:
        self._run, self._workers, self._listener = run, workers, listener
        self._progress = Progress(run.graph)
        self._attempts = Attempts(run, workers, listener)
        self._waiting = Waiting()
        self._next: ParallelGroup | None = None
        self._parallel_groups: dict[int, ParallelGroup] = {}
        self._stopping = Stopping()
        self._interrupts = Interrupts()
        self._reached_end = False

    def run(self) -> bool:
        """Run the flow; return whether it succeeded.

        Ctrl-C, SIGTERM and SIGHUP stop what runs and raise Interrupted, a KeyboardInterrupt; the second kills at once.
        """
        failure: BaseException | None = None
        with self._interrupts:
            try:
                self._hooks("runtime_init")
                self._workers.watch(self._interrupts.descriptor, self._interrupts.heard)
                self._loop()
            except StepFailed as error:
                failure = error
                self._stop(GRACE)
            except Interrupted as interruption:
                failure = interruption
                self._listener.run_interrupted(len(self._workers))
                self._stop(GRACE)
                raise
            except BaseException as exception:
                failure = exception
                with contextlib.suppress(Exception):  # of the same kind, maybe
                    self._stop(0)
                raise
            finally:
                self._workers.close()  # first, because a hook may fail
                self._hooks("runtime_finished", exception=failure)
        return failure is None

    def _loop(self) -> None:
        self._waiting.add([self._progress.first()], [])
        while True:
            self._interrupts.check()
            went_on = self._go_on()
            if not went_on and not (len(self._workers) or self._waiting or self._next):
                assert self._reached_end, "where nothing runs and nothing waits, the end step has run"
                return
            for worker in self._workers.wait(0 if went_on else self._seconds()):
                self._ended(worker)
            self._stopping.go_on()

    def _go_on(self) -> bool:
        """Start or take over what comes next; return False when there is nothing, or no room for it."""
        if self._next is None and self._has_room(1):
            found = self._waiting.next()
            if isinstance(found, Fresh):
                with at(found.tasks[0]):
                    if (records := cloned(self._run, found.tasks)) is not None:
                        self._took_over(found.tasks, records)
                        return True
                found = ParallelGroup([self._attempts.first(task, found.input_paths) for task in found.tasks])
            self._next = found
        if self._next is None or not self._has_room(len(self._next)):
            return False
        group, self._next = self._next, None
        self._start(group)
        return True

    def _start(self, group: ParallelGroup) -> None:
        for attempt in group.attempts:
            worker = self._attempts.start(attempt)
            group.running[worker.id] = worker
            self._parallel_groups[worker.id] = group

    def _has_room(self, size: int) -> bool:
        running = len(self._workers)
        return not running or running + size <= self._run.options.max_workers

    def _seconds(self) -> float | None:
        """Return the time until something is to be done, whatever happens before."""
        retry = self._waiting.seconds() if self._next is None and self._has_room(1) else None
        return min((each for each in (retry, self._stopping.seconds()) if each is not None), default=None)

    def _ended(self, worker: Worker) -> None:
        """Go on from an attempt that is over, with what follows or another attempt; StepFailed when there is none."""
        attempt, record = self._attempts.ended(worker)
        group = self._parallel_groups.pop(worker.id)
        if record is None and attempt.is_last:
            self._listener.run_failed(attempt.task, len(self._workers))
            raise StepFailed(f"Step {attempt.task.step!r} failed: task {attempt.task.id}.")
        self._stopping.begin(group.ended(worker, attempt, record), GRACE)
        if group.running:
            return
        if group.failed:
            self._retry(group)
        else:
            for task, left in group.records.items():
                self._done(task, left)

    def _retry(self, group: ParallelGroup) -> None:
        again = group.again()
        seconds = 0.0 if again.is_fallback else self._run.retry_delay(again.step)
        self._waiting.retry(again, seconds)
        for attempt in again.attempts if seconds else ():
            self._listener.task_waits(attempt.task, seconds)

    def _took_over(self, tasks: Together, records: list[AttemptRecord]) -> None:
        for task, record in zip(tasks, records, strict=True):
            self._listener.task_cloned(task, record)
            self._done(task, record)

    def _done(self, task: Task, record: AttemptRecord) -> None:
        self._reached_end = self._reached_end or task.step == self._run.graph.end_step
        followers = self._progress.after(task, record.transition or (), record.num_splits)
        self._waiting.add(followers, [record.address.pathspec])

    def _stop(self, grace: float) -> None:
        """End what still runs."""
        self._interrupts.lose_patience()
        self._workers.forget_unstarted()
        for worker in self._workers.wait(0):  # those that were over at the same moment as the one that failed
            self._attempts.ended(worker)
        self._stopping.begin(self._workers.running, grace)
        while len(self._workers) and (seconds := self._stopping.seconds()) is not None:
            for worker in self._workers.wait(seconds):
                self._attempts.ended(worker)
            self._stopping.go_on()

    def _hooks(self, name: str, **more: object) -> None:
        """Call a hook of the whole run on all decorators of all steps."""
        context: SystemContext = self._run.context
        context._update(run_id=self._run.run_id)
        values = context._values(**more)
        with entered(context):
            for step, attached in self._run.steps.items():
                values["step_name"] = step
                for decorator in attached.decorators:
                    call_hook(decorator, name, values)
