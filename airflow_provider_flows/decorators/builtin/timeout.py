"""`@timeout`: end an attempt that takes too long. On Airflow: the task's `execution_timeout`; elsewhere an alarm."""

from __future__ import annotations

import signal
import threading
from datetime import timedelta
from typing import Any, ClassVar, Mapping

from airflow_provider_flows.decorators.base import StepDecorator
from airflow_provider_flows.decorators.budget import RetryBudget
from airflow_provider_flows.errors import InvalidDecoratorAttribute, TimeoutException


class TimeoutDecorator(StepDecorator):
    """End an attempt after `hours` + `minutes` + `seconds`; it then counts as failed, to be retried or caught.

    The timeout is a BaseException, so that `except Exception` in a step cannot swallow it. It needs the main thread,
    and does not interrupt C code that never returns to the interpreter.
    """

    name = "timeout"
    defaults: ClassVar[Mapping[str, Any]] = {"seconds": 0, "minutes": 0, "hours": 0}

    @property
    def seconds(self) -> float:
        """The whole duration, in seconds."""
        attributes = self.attributes
        return float(attributes["seconds"]) + 60 * float(attributes["minutes"]) + 3600 * float(attributes["hours"])

    @property
    def limit(self) -> float:
        """The seconds that an attempt may take: as published, which another decorator may have changed."""
        return float(self.system_ctx.get_published(self.step_name, self.name, "seconds", self.seconds))

    def step_init(self, flow: Any, graph: Any, step_name: str, *_: Any) -> None:
        try:
            seconds = timedelta(seconds=self.seconds).total_seconds()
        except (TypeError, ValueError, OverflowError):
            raise InvalidDecoratorAttribute(f"step {step_name!r}: the durations of @timeout must be numbers.") from None
        if seconds <= 0:
            raise InvalidDecoratorAttribute(
                f"step {step_name!r}: Specify a duration for @timeout, as in @timeout(minutes=5)."
            )
        self.step_name = step_name
        self.system_ctx.publish(step_name, self.name, "seconds", seconds)

    def task_pre_step(
        self,
        step_name: str,
        task_datastore: Any,
        metadata: Any,
        run_id: str,
        task_id: str,
        flow: Any,
        graph: Any,
        retry_count: int,
        max_user_code_retries: int,
        *_: Any,
    ) -> None:
        if RetryBudget(max_user_code_retries).is_fallback(retry_count) or flow._flows_state.timeout_is_enforced:
            return
        if _in_main_thread():
            self._previous = signal.signal(signal.SIGALRM, self._ring)
            signal.setitimer(signal.ITIMER_REAL, self.limit)

    def task_post_step(self, step_name: str, flow: Any, *_: Any) -> None:
        self._disarm()

    def task_exception(self, exception: BaseException, *_: Any) -> bool:
        self._disarm()
        return False

    def operator_arguments(self) -> dict[str, Any]:
        return {"execution_timeout": timedelta(seconds=self.limit)}

    def _ring(self, *_: Any) -> None:
        raise TimeoutException(f"Step {self.step_name!r} timed out after {self.limit:g} seconds")

    def _disarm(self) -> None:
        previous = self.__dict__.pop("_previous", None)
        if previous is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
