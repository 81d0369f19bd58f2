"""Airflow's counting of tries, in the dialect's words. Worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Tries:
    """Which try this is since the task was last cleared, and how many of the tries run user code.

    Airflow counts tries upwards over clears and raises `max_tries` with each clear, so the tries that are left tell how
    many of this round are used. `epoch` tells rounds apart.
    """

    retry_count: int
    user_retries: int
    epoch: int

    @classmethod
    def of(cls, ti: Any, retries: int, fallback_retries: int) -> Tries:
        left = ti.max_tries + 1 - ti.try_number
        return cls(
            retry_count=max(retries - left, 0),
            user_retries=max(retries - fallback_retries, 0),
            epoch=max(ti.max_tries - retries, 0),
        )

    @property
    def is_fallback(self) -> bool:
        """Whether the tries that run user code are used up: something killed the last of them."""
        return self.retry_count > self.user_retries
