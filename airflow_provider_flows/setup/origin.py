"""The run that is resumed. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EVERY_STEP = frozenset({"*"})
"""As `Origin.rerun`: nothing is taken over."""


@dataclass(frozen=True)
class Origin:
    """The run that is resumed. `rerun` are steps that run again, whatever they left there.

    So do tasks that Airflow calls `failed`, step and map index: it may do so while their records are written.
    """

    run_id: str
    rerun: frozenset[str] = frozenset()
    failed: frozenset[tuple[str, int]] = frozenset()

    def runs_again(self, step: str) -> bool:
        """Whether the step runs again wherever the run comes to it."""
        return step in self.rerun or self.rerun == EVERY_STEP

    def to_json(self) -> dict[str, Any]:
        return {"run_id": self.run_id, "rerun": sorted(self.rerun), "failed": sorted(self.failed)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Origin:
        failed = frozenset((str(task), int(index)) for task, index in data["failed"])
        return cls(data["run_id"], frozenset(data["rerun"]), failed)
