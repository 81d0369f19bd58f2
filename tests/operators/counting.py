"""Counts tries as Airflow 3 does (`clear_task_instances`, `is_eligible_to_retry`), for one task that is never run."""

from __future__ import annotations

from airflow_provider_flows.operators.tries import Said, Try, next_try


class Counted:
    """One task of a run, and what our notes make of its tries.

    `retries` are the operator's in the DAG file; `known` those that Airflow has serialized, which may lag behind.
    `raises_always`: whether a clear counts in a run that is not finished (Airflow 3.2 and later).
    """

    def __init__(self, retries: int, *, raises_always: bool = True) -> None:
        self.retries = self.known = retries
        self.try_number, self.max_tries, self.clear_number = 0, retries, 0
        self.raises_always = raises_always
        self.note: Try | None = None

    def deploy(self, retries: int, *, serialized: bool = True) -> None:
        self.retries = retries
        self.known = retries if serialized else self.known

    def start(self, *, dies_early: bool = False) -> Try:
        """Begin the next try; `dies_early`: before it can leave a note."""
        self.try_number += 1
        before = self.note
        begun = next_try(Said(self.try_number, self.max_tries, self.clear_number, self.retries), before)
        if not dies_early:
            self.note = begun
        return begun

    def fail(self) -> None:
        """The step raises: the try says so before it ends."""
        assert self.note is not None
        self.note = Try.from_json({**self.note.to_json(), "fails": True})

    @property
    def is_retried(self) -> bool:
        return self.max_tries != 0 and self.try_number <= self.max_tries

    def clear(self, *, running: bool = False, finished_run: bool = True) -> None:
        """Clear the task. One that runs keeps its `max_tries` where its executor reports a failure."""
        if not running:
            self.max_tries = self.try_number + self.known
        self.clear_another(finished_run=finished_run)

    def clear_another(self, *, finished_run: bool = False) -> None:
        self.clear_number += self.raises_always or finished_run
