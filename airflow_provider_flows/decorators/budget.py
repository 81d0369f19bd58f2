"""How many tries a task has: those that run the step's code, and those that only record what killed it. Any phase."""

from __future__ import annotations

from dataclasses import dataclass, replace

from airflow_provider_flows.context import SystemContext, context_at_hand, entered
from airflow_provider_flows.flow.attachments import StepAttachments


@dataclass(frozen=True)
class RetryBudget:
    """The retries of one task. Tries are numbered from 0, which is the first one after a clear, by their retry count.

    The first try and `user` retries run the step's code; `fallback` more tries follow them when the process died each
    time, and record that as `@catch` asks (Metaflow 2.19).
    """

    user: int = 0
    fallback: int = 0

    @property
    def total(self) -> int:
        """All retries: what Airflow calls the task's `retries`."""
        return self.user + self.fallback

    def is_fallback(self, retry_count: int) -> bool:
        """Whether this try must not run the step's code: the tries that do are used up."""
        return retry_count > self.user

    def retries_user_code(self, retry_count: int) -> bool:
        """Whether another try of the step's code follows if this one fails."""
        return retry_count < self.user

    def is_last(self, retry_count: int) -> bool:
        """Whether no try follows this one, whatever becomes of it."""
        return retry_count >= self.total

    def with_user(self, user: int) -> RetryBudget:
        """Return this budget with another number of retries of the step's code."""
        return replace(self, user=user)


def budget_of(step: StepAttachments) -> RetryBudget:
    """Return what the decorators of a step ask for together: the largest of each number over all of them.

    None in an answer, of any of them, means that the step is never retried (Metaflow 2.19).
    """
    with entered(context_at_hand() or step.flows_context or SystemContext()):
        counts = [decorator.step_task_retry_count() for decorator in step.decorators]
    known = [(user, fallback) for user, fallback in counts if user is not None and fallback is not None]
    if len(known) < len(counts):
        return RetryBudget()
    return RetryBudget(max((user for user, _ in known), default=0), max((fallback for _, fallback in known), default=0))
