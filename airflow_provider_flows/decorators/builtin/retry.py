"""`@retry`: run a failed step again. On Airflow: the task's `retries` and `retry_delay`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Mapping

from airflow_provider_flows.decorators.base import StepDecorator
from airflow_provider_flows.errors import InvalidDecoratorAttribute

MAX_ATTEMPTS = 6
"""Attempts of a task at most, two of which are kept for @catch (Metaflow 2.19)."""


class RetryDecorator(StepDecorator):
    """Run a failed step again, `times` times, `minutes_between_retries` minutes apart.

    Failures are exceptions, and the death of the process as well (Metaflow 2.19: retries of process death included).
    """

    name = "retry"
    defaults: ClassVar[Mapping[str, Any]] = {"times": "3", "minutes_between_retries": "2"}

    @property
    def times(self) -> int:
        return int(self.attributes["times"])

    @property
    def delay(self) -> timedelta:
        return timedelta(minutes=float(self.attributes["minutes_between_retries"]))

    def step_init(self, flow: Any, graph: Any, step_name: str, *_: Any) -> None:
        try:
            times, delay = self.times, self.delay
        except (TypeError, ValueError, OverflowError):
            raise InvalidDecoratorAttribute(
                f"step {step_name!r}: times and minutes_between_retries of @retry must be numbers."
            ) from None
        if not 0 <= times <= MAX_ATTEMPTS - 2:
            raise InvalidDecoratorAttribute(
                f"step {step_name!r} retries {times} times, and @retry allows 0 to {MAX_ATTEMPTS - 2}. "
                f"Use times={MAX_ATTEMPTS - 2}, or give Airflow its own retries with "
                f"flows-compile --task-arg {step_name}.retries={times}."
            )
        if delay < timedelta(0):
            raise InvalidDecoratorAttribute(f"step {step_name!r}: minutes_between_retries must not be negative.")

    def step_task_retry_count(self) -> tuple[int, int]:
        return self.times, 0

    def operator_arguments(self) -> dict[str, Any]:
        return {"retry_delay": self.delay} if self.times else {}
