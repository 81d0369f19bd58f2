"""Which try of a task this is: of which round, and whether the task was cleared. Worker; decides, touches nothing.

A round is the tries from one clear to the next. Airflow does not say that a task was cleared. It says three numbers,
and a try leaves a note of them when it begins, so that the next one can compare:

- the try number, which only goes up;
- `max_tries`, which a clear sets to the tries so far and the retries that the DAG had then, as Airflow knew it: the
  file may be newer. A task that is cleared while it runs may keep it;
- the run's `clear_number`, which any clear in the run raises (in Airflow 3.1, of finished runs alone).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from airflow_provider_flows.decorators.budget import RetryBudget
from airflow_provider_flows.operators.task_instance import TaskInstance


@dataclass(frozen=True)
class Said:
    """What Airflow says of a task when a try begins. `retries` are those of the DAG file, fallback tries included."""

    try_number: int
    max_tries: int
    clear_number: int
    retries: int

    @classmethod
    def of(cls, task: TaskInstance, context: Mapping[str, Any], retries: int | None) -> Said:
        clear_number = getattr(context.get("dag_run"), "clear_number", None)
        return cls(task.try_number, task.max_tries, clear_number or 0, retries or 0)

    @property
    def left(self) -> int:
        """How many more tries Airflow grants after this one, unless the task is cleared."""
        return max(self.max_tries + 1 - self.try_number, 0)


@dataclass(frozen=True)
class Try:
    """One try of a task, as the store has a note of it.

    `retry_count` counts the tries of the round that began before it, whatever became of them; one that died before it
    could leave a note never began. `epoch` tells rounds apart: the tries before the round. `cleared` says whether a
    clear began the round. `code` is the number of the code that the try runs, `fails` whether it failed in a way that
    Airflow retries by itself.
    """

    said: Said
    epoch: int = 0
    retry_count: int = 0
    cleared: bool = False
    code: int | None = None
    fails: bool = False

    @property
    def begins_round(self) -> bool:
        return self.retry_count == 0

    def budget(self, fallback: int) -> RetryBudget:
        """Return the retries of the round, of a step that has so many `fallback` retries.

        Those of user code are what the DAG says, but no more than Airflow grants: it may have counted by an older DAG
        when the task was cleared. A step without fallback retries runs its code in every try that Airflow makes.
        """
        granted = min(max(self.said.retries - fallback, 0), self.retry_count + self.said.left)
        return RetryBudget(granted if fallback else max(granted, self.retry_count), fallback)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Try:
        """Read what `to_json` made, in this version or a later one: keys that are not known here are ignored."""
        return cls(**{**_known(cls, data), "said": Said(**_known(Said, data["said"]))})


def _known(kind: type[Said | Try], data: Mapping[str, Any]) -> dict[str, Any]:
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in data.items() if name in names}


def next_try(said: Said, before: Try | None) -> Try:
    """Return the try that begins now; `before` is the newest of the task's tries that left a note."""
    tries_before = said.try_number - 1
    if before is None or before.said.try_number > tries_before:  # that of a deleted run, whose id is used again
        return Try(said, tries_before, cleared=tries_before > 0 and said.max_tries - said.retries == tries_before)
    if _was_cleared(said, before):
        return Try(said, tries_before, cleared=True)
    return replace(before, said=said, retry_count=before.retry_count + 1, fails=False)


def _was_cleared(said: Said, before: Try) -> bool:
    then = before.said
    if said.max_tries != then.max_tries or said.try_number > said.max_tries + 1:
        return True
    # The sum is the same: the task waited for its retry while others of the run were cleared, or it was cleared itself,
    # while it ran or with just so many retries less in the DAG. One that did not fail would not have been retried.
    is_sum_of_a_clear = said.retries != then.retries and said.max_tries == then.try_number + said.retries
    return said.clear_number > then.clear_number and (is_sum_of_a_clear or not before.fails)
