"""An attempt before it runs, and how it ended: data only. TASK phase."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Sequence

from airflow_provider_flows.flow.state import Frame
from airflow_provider_flows.flow.tracebacks import traceback_text, without_our_frames
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.task.expect import SplitLimit


@dataclass(frozen=True)
class Attempt:
    """One attempt of one task, before it runs.

    `retry_count` counts the tries since the task was last cleared, `epoch` tells such rounds apart. `fallback` says
    that user code must not run any more: the tries that ran it are used up. `parameters` are given to the first step
    alone, by name. `number` is the attempt's where the host counts attempts; else the store says it. `timeouts` are
    BaseExceptions by which the host ends an attempt that takes too long, where `timeout_is_enforced` says that it does;
    `disarm` is called once user code is done. `user_retries` overrides the retries that the step's decorators ask for;
    `announce` is told the task's address and the foreaches around it before it runs, `ended` how it ended once its
    record is there.
    """

    step: str
    path: tuple[int, ...] = ()
    parents: Sequence[AttemptRecord] = ()
    iteration: int | None = None
    retry_count: int = 0
    user_retries: int | None = None
    epoch: int = 0
    fallback: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    number: int | None = None
    split_limit: SplitLimit | None = None
    timeouts: tuple[type[BaseException], ...] = ()
    timeout_is_enforced: bool = False
    disarm: Callable[[], None] = lambda: None
    announce: Callable[[TaskAddress, tuple[Frame, ...]], None] = lambda address, frames: None
    ended: Callable[[Outcome], None] = lambda outcome: None


ORIGIN_RUN = "origin_run_id"
"""In the metadata of every attempt of a resumed run: the run that it goes on from."""


AIRFLOW_TASK, AIRFLOW_MAP_INDEX = "airflow_task_id", "airflow_map_index"
"""In the metadata of every attempt on Airflow: the task that recorded it."""

ORIGIN_ATTEMPT = "origin_attempt"
"""In the metadata of a cloned attempt: the attempt, of the same task there, that it is a copy of."""


def is_cloned(record: AttemptRecord) -> bool:
    """Whether an attempt is a copy of another run's."""
    return ORIGIN_ATTEMPT in record.metadata


CODE_NUMBER = "code_number"
"""In the metadata of an attempt on Airflow: the place, among the codes that its run took up, of the one that it ran."""


EVERY_STEP = frozenset({"*"})
"""As `Origin.rerun`: nothing is taken over."""


@dataclass(frozen=True)
class Origin:
    """The run that a resumed run goes on from. `rerun` are steps that run again, whatever they left there.

    So do tasks that Airflow calls `failed`, step and map index: it may do so while their records are written.
    """

    run_id: str
    rerun: frozenset[str] = frozenset()
    failed: frozenset[tuple[str, int]] = frozenset()

    def runs_again(self, step: str) -> bool:
        """Whether the step runs again wherever the run comes to it."""
        return step in self.rerun or self.rerun == EVERY_STEP

    def is_failed(self, record: AttemptRecord) -> bool:
        """Whether Airflow calls the task failed that a record of the origin says to have ended.

        Of a recursive step, Airflow means the last round alone. A caught failure may have been recorded by the task
        after it, because Airflow called it failed.
        """
        step, metadata = record.address.step, record.metadata
        if record.transition == (step,):
            return False
        if metadata.get(AIRFLOW_TASK) != step:
            return step in {failed for failed, _ in self.failed}
        return (step, int(metadata[AIRFLOW_MAP_INDEX])) in self.failed

    @property
    def metadata(self) -> dict[str, str]:
        """What each attempt of the resumed run says of it."""
        return {ORIGIN_RUN: self.run_id}


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended: its record, and the exception of a failed one (None when it is ok or caught).

    An attempt that never `began` failed of what it was given: no code of the step has run.
    """

    record: AttemptRecord
    exception: BaseException | None = None
    began: bool = True

    @property
    def ok(self) -> bool:
        return self.record.outcome != "failed"

    @property
    def verdict(self) -> str | None:
        """What is shown and kept behind all that the attempt printed: why it failed or was caught; None when it is ok.

        Of a failure, that is `<flow F step s[2,0]> failed:` and a traceback that begins in the flow's file.
        """
        record = self.record
        if self.exception is not None:
            where = f"[{','.join(map(str, record.path))}]" if record.path else ""
            text = traceback_text(without_our_frames(self.exception))
            return f"<flow {record.address.flow} step {record.address.step}{where}> failed:\n{text}"
        if record.outcome == "caught":
            return f"Caught: {record.reason}. The step failed, and the flow goes on from what it left."
        return None
