"""What is said at the end of a local run: what it did, or what failed and the commands to go on with. LAUNCH phase."""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from airflow_provider_flows.errors import StoreError
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.local.local_run import RunOptions
from airflow_provider_flows.local.progress import Task
from airflow_provider_flows.local.tally import Tally
from airflow_provider_flows.local.worker import Worker
from airflow_provider_flows.setup.launch import LaunchOptions
from airflow_provider_flows.store import AttemptRecord, Store


@dataclass(frozen=True)
class Failure:
    """The attempt of which a run failed: the last one of its task."""

    task: Task
    worker: Worker
    retry_count: int


@dataclass(frozen=True)
class Commands:
    """Commands to paste into the shell that started the run, in the words that it was started with."""

    program: tuple[str, ...]
    store: tuple[str, ...]
    flow: tuple[str, ...]
    """Options of the run that say what its steps are."""
    again: tuple[str, ...]
    """Options of the run that a run which resumes it needs as well: these, and how many tasks may run."""

    @classmethod
    def of(cls, file: Path, launch: LaunchOptions, options: RunOptions, packaging: Sequence[str] = ()) -> Commands:
        flow = tuple(_flow_options(launch))
        return cls(_program(file), tuple(_store_options(options)), flow, (*flow, *_run_options(options), *packaging))

    def logs(self, run_id: str, task: Task) -> str:
        return shlex.join([*self.program, "logs", f"{run_id}/{task.step}/{task.id}", *self.store])

    def step(self, run_id: str, task: Task) -> str:
        which = ["--run-id", run_id, "--task-id", task.id]
        return shlex.join([*self.program, "step", task.step, *which, *self.store, *self.flow])

    def resume(self, run_id: str) -> str:
        return shlex.join([*self.program, "resume", "--origin-run-id", run_id, *self.store, *self.again])


_COUNTED = ("retried", "caught", "cloned", "failed")


def summary(how: str, tally: Tally, seconds: float) -> str:
    """Return `Done! 1003 tasks of 4 steps in 12.3 s, 3 retried, 1 caught, 12 cloned.`; `how` are the first words."""
    total = tally.total
    steps = sum(bool(step.over) for step in tally.steps.values())
    more = [f"{count} {name}" for name in _COUNTED if (count := getattr(total, name))]
    what = f"{_number(total.over, 'task')} of {_number(steps, 'step')} in {duration(seconds)}"
    return f"{how} {', '.join([what, *more])}."


def duration(seconds: float) -> str:
    """Return `0.5 s`, `3 min 20 s` or `1 h 02 min`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def failure_report(failure: Failure, where: tuple[str, str], store: Store, commands: Commands) -> str:
    """Return what failed and why, with the commands to see its log and to go on; `where` is the flow and the run."""
    task, tries = failure.task, failure.retry_count + 1
    address = TaskAddress(*where, task.step, task.id)
    reason = _reason(failure.worker, _record(store, address, failure.retry_count))
    return (
        f"Step {task.step!r} failed: task {task.id}, attempt {tries} of {tries}: {reason}\n"
        f"  To see what it printed:      {commands.logs(where[1], task)}\n"
        f"{to_go_on(where[1], commands)}"
    )


def to_go_on(run_id: str, commands: Commands) -> str:
    """Return the line with the command to resume."""
    return f"  To resume where it stopped:   {commands.resume(run_id)}"


def _record(store: Store, address: TaskAddress, attempt: int) -> AttemptRecord | None:
    with contextlib.suppress(StoreError):  # the store itself may be what the step failed of
        return store.read_attempt(address, attempt)
    return None


def _reason(worker: Worker, record: AttemptRecord | None) -> str:
    if record is not None and record.reason is not None:
        return record.reason
    return f"{death(worker) or 'its process ended with exit code 1'}."


def death(worker: Worker) -> str | None:
    """Return how the process of a failed attempt ended, None when it ended as it does after an exception."""
    if worker.died_of:
        return f"its process {worker.died_of}"
    before = " before the step did" if worker.status == 0 else ""
    return None if worker.status == 1 else f"its process ended with exit code {worker.status}{before}"


def _program(file: Path) -> tuple[str, ...]:
    """Return how the command line of the flow was started: `flows FLOW.py`, or `python FLOW.py`."""
    typed = next((word for word in sys.argv if word.endswith(".py") and Path(word).resolve() == file), str(file))
    started = Path(sys.argv[0])
    if started.suffix == ".py" and started.resolve() == file:
        return "python", typed
    return ("python", "-m", "airflow_provider_flows", typed) if started.name == "__main__.py" else ("flows", typed)


def _store_options(options: RunOptions) -> Iterator[str]:
    if options.datastore_root is not None:
        yield from ("--datastore-root", options.datastore_root)
    if options.class_name is not None:
        yield from ("--class", options.class_name)


def _flow_options(options: LaunchOptions) -> Iterator[str]:
    """Yield the options that say what a step does; configurations come from the run that another one resumes."""
    for decorator in options.decorators:
        yield from ("--with", decorator)
    if options.branch is not None:
        yield from ("--branch", options.branch)
    if options.production:
        yield "--production"


def _run_options(options: RunOptions) -> Iterator[str]:
    """Yield the options that say how a run is done; tags and namespaces are a run's own."""
    if options.honor_retry_delay:
        yield "--honor-retry-delay"
    for option in ("max_workers", "max_num_splits"):
        if (value := getattr(options, option)) != getattr(type(options), option):
            yield from (f"--{option.replace('_', '-')}", str(value))


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
