"""`Host`: what the process that runs an attempt does beside it. TASK phase."""

from __future__ import annotations

from airflow_provider_flows.flow.state import Frame
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.task.expect import SplitLimit
from airflow_provider_flows.task.outcome import Outcome


class Host:
    """The process that runs attempts, as these see it: it knows of Airflow or of a launcher, they do not.

    Each method does nothing unless overridden.
    """

    timeouts: tuple[type[BaseException], ...] = ()
    """BaseExceptions by which the host ends an attempt that takes too long."""
    timeout_is_enforced = False
    """Whether the host itself ends an attempt after the time that `@timeout` gives it."""
    split_limit: SplitLimit | None = None
    """How many items a foreach may have here; None for any number."""

    def resolve_parent(self, step: str, path: tuple[int, ...]) -> AttemptRecord | None:
        """Return what a parent left, where the host knows more of it than the store; None to take what is there.

        InputsMissing when the parent left nothing that the task can use.
        """
        return None

    def announce(self, address: TaskAddress, frames: tuple[Frame, ...]) -> None:
        """The attempt of the task at `address` is about to run, inside of the foreaches `frames`."""

    def disarm(self) -> None:
        """User code is done: what is left to do must not be cut short by a timeout."""

    def ended(self, outcome: Outcome) -> None:
        """The attempt is over, and its record is committed."""
