"""What Airflow's task process does beside an attempt: its log, its labels, its timeout. Worker."""

from __future__ import annotations

import signal
from datetime import timedelta
from typing import Any, NoReturn

from airflow_provider_flows.errors import TimeoutException
from airflow_provider_flows.flow.state import Frame
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.operators.caught_parents import CaughtParents
from airflow_provider_flows.operators.compat import AirflowTaskTimeout, conf
from airflow_provider_flows.operators.kept_logs import KeptLogs
from airflow_provider_flows.operators.telling import label
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.task.expect import SplitLimit
from airflow_provider_flows.task.host import Host
from airflow_provider_flows.task.outcome import Outcome


class AirflowHost(Host):
    """The process of an Airflow task. `timeout` is the time that Airflow gives the task, None for any time."""

    timeouts = (AirflowTaskTimeout,)

    def __init__(
        self, step: str, context: Any, timeout: timedelta | None, parents: CaughtParents, logs: KeptLogs
    ) -> None:
        self._context, self._parents, self._logs = context, parents, logs
        self.split_limit = split_limit()
        self.timeout_is_enforced = timeout is not None
        if timeout is not None:
            _ring_as_ours(step, timeout.total_seconds())

    def resolve_parent(self, step: str, path: tuple[int, ...]) -> AttemptRecord | None:
        return self._parents.resolve_parent(step, path)

    def announce(self, address: TaskAddress, frames: tuple[Frame, ...]) -> None:
        label(self._context, frames)
        self._logs.begin(address)

    def disarm(self) -> None:
        if self.timeout_is_enforced:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def ended(self, outcome: Outcome) -> None:
        self._logs.end(outcome)


def split_limit() -> SplitLimit:
    """Return how many items Airflow maps over."""
    return SplitLimit(
        conf.getint("core", "max_map_length", fallback=1024),
        "[core] max_map_length of the API server and the workers (AIRFLOW__CORE__MAX_MAP_LENGTH)",
    )


def _ring_as_ours(step: str, seconds: float) -> None:
    """Let Airflow's running timer raise our own timeout: what @catch leaves is the same wherever a flow runs."""

    def ring(*_: object) -> NoReturn:
        raise TimeoutException(f"Step {step!r} timed out after {seconds:g} seconds")

    if signal.getitimer(signal.ITIMER_REAL)[0] > 0:  # Airflow sets none where it cannot: outside of the main thread
        signal.signal(signal.SIGALRM, ring)
