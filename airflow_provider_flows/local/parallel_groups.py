"""Tasks that start together and go on together, and how a run comes to the next of them. LAUNCH phase; data only."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from airflow_provider_flows.local.attempts import LocalAttempt
from airflow_provider_flows.local.due_queue import DueQueue
from airflow_provider_flows.local.progress import Task, Together
from airflow_provider_flows.local.worker import Worker
from airflow_provider_flows.store import AttemptRecord


class ParallelGroup:
    """The attempts of tasks that belong together: all of one `num_parallel`, or a task by itself.

    They have the same `retry_count`. Once one of them has failed, the others only have some time to end, because they
    may wait for it for ever; it counts as failed also when @catch made something of it.
    """

    def __init__(self, attempts: Sequence[LocalAttempt], records: dict[Task, AttemptRecord] | None = None) -> None:
        self.attempts = attempts
        self.records = records or {}
        self.running: dict[int, Worker] = {}
        self._is_broken = False

    def __len__(self) -> int:
        return len(self.attempts)

    @property
    def step(self) -> str:
        return self.attempts[0].task.step

    @property
    def is_fallback(self) -> bool:
        return self.attempts[0].is_fallback

    def ended(self, worker: Worker, attempt: LocalAttempt, record: AttemptRecord | None) -> list[Worker]:
        """Take the end of one attempt; return the workers that have to end because of it."""
        del self.running[worker.id]
        if record is not None:
            self.records[attempt.task] = record
        if self._is_broken or self.is_fallback or (record is not None and record.outcome == "ok"):
            return []
        self._is_broken = True
        return list(self.running.values())

    @property
    def failed(self) -> list[LocalAttempt]:
        """The attempts that left no usable result; of a group that is over."""
        return [attempt for attempt in self.attempts if attempt.task not in self.records]

    def again(self) -> ParallelGroup:
        """Return the next attempts: of all, or where no code runs any more, of those that left nothing."""
        following = ParallelGroup([attempt.again() for attempt in self.attempts])
        if not following.is_fallback:
            return following
        return ParallelGroup([attempt.again() for attempt in self.failed], self.records)


class Fresh(NamedTuple):
    """Tasks that the run has come to, and the pathspecs of the tasks that it came from."""

    tasks: Together
    input_paths: list[str]


class Waiting:
    """What a run has come to and not started yet: retries that are due, else tasks in the order of their parents."""

    def __init__(self) -> None:
        self._fresh: deque[tuple[Iterator[Together], list[str]]] = deque()
        self._retries: DueQueue[ParallelGroup] = DueQueue()

    def __bool__(self) -> bool:
        return bool(self._fresh or self._retries)

    def add(self, followers: Iterable[Together], input_paths: list[str]) -> None:
        self._fresh.append((iter(followers), input_paths))

    def retry(self, group: ParallelGroup, seconds: float) -> None:
        """Let a parallel group start when so many seconds have passed."""
        self._retries.add(seconds, group)

    def next(self) -> ParallelGroup | Fresh | None:
        """Take what comes next; None when there is nothing now."""
        if (group := self._retries.pop()) is not None:
            return group
        while self._fresh:
            followers, input_paths = self._fresh[0]
            tasks = next(followers, None)
            if tasks is not None:
                return Fresh(tasks, input_paths)
            self._fresh.popleft()
        return None

    def seconds(self) -> float | None:
        """Return the time until the next retry is due; None when there is none."""
        return self._retries.seconds()
