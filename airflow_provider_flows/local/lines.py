"""What happens in a local run as lines of text, in Metaflow's form. LAUNCH phase."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TextIO

from airflow_provider_flows.errors import reason_of
from airflow_provider_flows.local.ending import Commands, Failure, death, duration
from airflow_provider_flows.local.local_run import Listener
from airflow_provider_flows.local.progress import Task
from airflow_provider_flows.local.tally import Tally
from airflow_provider_flows.local.worker import Worker
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.store.log_format import STDERR
from airflow_provider_flows.task.metadata import ORIGIN_RUN
from airflow_provider_flows.text import RESET, on_terminal


@dataclass(frozen=True)
class Look:
    """The codes that start the parts of a line, and the one that ends each; none where nobody sees colours."""

    time: str = ""
    place: str = ""
    stderr_place: str = ""
    system: str = ""
    error: str = ""
    end: str = ""


COLOURS = Look("\x1b[35m", "\x1b[90m", "\x1b[33m", "\x1b[36m", "\x1b[1;31m", RESET)


class Out(Protocol):
    """Where lines go, between `open` and `close` maybe with more around them."""

    def open(self) -> None: ...

    def write(self, line: str) -> None:
        """Show a line, without its end."""

    def close(self) -> None: ...


class Lines(Listener):
    """Prints lines such as `2026-11-22 00:32:03.453 [run/start/start (pid 10325)] Task is starting.`

    `quiet` leaves out the lines that steps did not print. On a terminal, lines have colours, and what steps print
    cannot move the cursor. `short` lines begin with less: `00:32:03 [fit-2] Task is starting.`
    """

    def __init__(
        self,
        run_id: str,
        out: Out,
        tally: Tally,
        look: Look,
        commands: Commands,
        *,
        is_terminal: bool,
        quiet: bool,
        short: bool = False,
    ) -> None:
        self.tally = tally
        self._commands, self._short = commands, short
        self.failure: Failure | None = None
        self._run_id, self._out, self._look, self._is_terminal, self._quiet = run_id, out, look, is_terminal, quiet
        self._tries: dict[Task, int] = {}
        self._last: tuple[Task, Worker, int] | None = None

    def system(self, text: str, place: str = "", error: bool = False) -> None:
        """Print a line of our own."""
        if not self._quiet:
            look = self._look
            code = look.error if error else look.system
            shown = on_terminal(text) if self._is_terminal else text  # names may come from a store
            self._out.write(f"{self._head(place, look.place)}{code}{shown}{look.end}")

    def task_started(self, task: Task, worker: Worker, retry_count: int, fallback: bool) -> None:
        self._tries[task] = retry_count
        self.tally.started(task, retry_count)
        if fallback:
            text = "Task fallback is starting to handle the failure."
        else:
            text = "Task is starting (retry)." if retry_count else "Task is starting."
        self.system(text, self._place(task, worker))

    def line(self, task: Task, worker: Worker, stream: str, text: str) -> None:
        look = self._look
        head = self._head(self._place(task, worker), look.stderr_place if stream == STDERR else look.place)
        self._out.write(head + (on_terminal(text, head) if self._is_terminal else text))

    def prompted(self, task: Task, worker: Worker, prompt: str) -> None:
        self.system(
            f"{prompt} A debugger is waiting for input, but all steps of a run share one. To debug this task alone, "
            f"end the run and type: {self._commands.step(self._run_id, task)}",
            self._place(task, worker),
            error=True,
        )

    def task_ended(self, task: Task, worker: Worker, record: AttemptRecord | None) -> None:
        self._last = (task, worker, self._tries.pop(task, 0))
        self.tally.ended(task, record)
        place = self._place(task, worker)
        if record is None:
            how = death(worker)
            self.system(f"Task failed: {how}." if how else "Task failed.", place, error=True)
            return
        if record.num_splits is not None:
            self.system(f"Foreach yields {record.num_splits} child steps.", place)
        if record.outcome == "caught":
            self.system(f"Task failed and was caught: {record.reason}", place, error=True)
        else:
            self.system("Task finished successfully.", place)

    def log_lost(self, task: Task, worker: Worker, error: Exception) -> None:
        self.system(
            f"The log of this task could not be kept: {reason_of(error)}", self._place(task, worker), error=True
        )

    def task_cloned(self, task: Task, record: AttemptRecord) -> None:
        self.tally.cloned(task, record)
        origin = record.metadata[ORIGIN_RUN]
        self.system(f"Task is cloned from run {origin}.", self._place(task))

    def task_waits(self, task: Task, seconds: float) -> None:
        self.tally.waits(task)
        self.system(f"Task waits {duration(seconds)} before its retry.", self._place(task))

    def run_failed(self, task: Task, running: int) -> None:
        if self._last is not None and self._last[0] == task:
            self.failure = Failure(*self._last)
        self._end("failed", running)

    def run_interrupted(self, running: int) -> None:
        self._end("interrupted", running)

    def _end(self, how: str, running: int) -> None:
        self.system(f"Workflow {how}.", error=True)
        if running:
            self.system(f"Terminating {running} active tasks...", error=True)

    def _place(self, task: Task, worker: Worker | None = None) -> str:
        if self._short:
            return f"[{task.id}] "
        process = f" (pid {worker.pid})" if worker else ""
        return f"[{self._run_id}/{task.step}/{task.id}{process}] "

    def _head(self, place: str, code: str) -> str:
        look, moment = self._look, datetime.now()
        now = moment.strftime("%H:%M:%S") if self._short else moment.isoformat(" ", timespec="milliseconds")
        return f"{look.time}{now}{look.end} " + (f"{code}{place}{look.end}" if place else "")


def write_line(stream: TextIO, text: str) -> None:
    """Write a line at once."""
    stream.write(f"{text}\n")
    stream.flush()
