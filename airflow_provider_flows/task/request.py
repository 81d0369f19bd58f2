"""`TaskRequest`: which attempt to run. JSON both ways, so it goes to a fork and to another interpreter alike."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Mapping

from airflow_provider_flows.decorators.budget import RetryBudget


@dataclass(frozen=True)
class TaskRequest:
    """One attempt of one task, as it is asked for: data only.

    `retry_count` counts the tries since the task was last cleared, `epoch` tells such rounds apart, and `budget` says
    how many tries there are. `attempt` is the number of the attempt where whoever asks counts them; else the store
    does. `parameters` are given to the first step alone, by name. `metadata` goes into the attempt's record.
    """

    step: str
    path: tuple[int, ...] = ()
    iteration: int | None = None
    retry_count: int = 0
    budget: RetryBudget = field(default_factory=RetryBudget)
    epoch: int = 0
    attempt: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_fallback(self) -> bool:
        """Whether the step's code must not run any more: the tries that did are used up."""
        return self.budget.is_fallback(self.retry_count)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TaskRequest:
        """Read what `to_json` made."""
        return cls(**{**data, "path": tuple(data["path"]), "budget": RetryBudget(**data["budget"])})
