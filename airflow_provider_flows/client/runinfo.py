"""What a run's record says, for the client: whose it is, its tags, its graph. Any process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping

_OWNERS = ("user:", "production:")


@dataclass(frozen=True)
class RunInfo:
    """A run's record; what it does not say has a default. Tags of the system cannot be changed by users."""

    user: str | None = None
    user_tags: frozenset[str] = frozenset()
    system_tags: frozenset[str] = frozenset()
    start_step: str = "start"
    end_step: str = "end"
    graph: Mapping[str, Any] = field(default_factory=dict)
    started_at: float | None = None
    """When the run was started, seconds since the epoch."""
    origin_run_id: str | None = None
    """The run that was resumed."""
    code: str | None = None
    """Digest of the sources that were kept for the run."""
    entries: Mapping[str, str] = field(default_factory=dict)
    """The flow file's path among the sources of each digest that were kept for the run."""
    dag_id: str | None = None
    """The DAG of a run on Airflow."""

    @property
    def tags(self) -> frozenset[str]:
        return self.user_tags | self.system_tags

    @property
    def runtime(self) -> str | None:
        """What ran the run: `local`, `airflow`."""
        return min((tag.partition(":")[2] for tag in self.system_tags if tag.startswith("runtime:")), default=None)

    @property
    def where(self) -> str:
        """Where the run ran, for people: `airflow (<DAG id>)`, `local (<user>)`."""
        owner = self.dag_id or self.user
        return " ".join(filter(None, [self.runtime, owner and f"({owner})"]))

    @classmethod
    def from_record(cls, info: Mapping[str, Any]) -> RunInfo:
        user_tags = frozenset(info.get("tags") or ())
        system_tags = frozenset(info.get("system_tags") or ())
        user, graph = info.get("user"), info.get("graph") or {}
        if user and not any(tag.startswith(_OWNERS) for tag in user_tags | system_tags):
            system_tags |= {f"user:{user}"}
        return cls(
            user,
            user_tags,
            system_tags,
            info.get("start_step") or graph.get("start_step") or "start",
            info.get("end_step") or graph.get("end_step") or "end",
            graph,
            info.get("started_at"),
            info.get("origin_run_id"),
            info.get("code"),
            {each["deployed"]["code"]: each["deployed"]["entry"] for each in info.get("codes") or ()},
            (info.get("airflow") or {}).get("dag_id"),
        )

    def next_steps(self, step: str) -> list[str]:
        """Return the steps that the graph leads to from `step`, itself among them when it loops."""
        return list(self.graph.get("steps", {}).get(step, {}).get("next", ()))

    def step_type(self, step: str) -> str | None:
        """Return what the graph says of a step: `linear`, `join`, `split-parallel`, …"""
        kind: str | None = self.graph.get("steps", {}).get(step, {}).get("type")
        return kind

    def previous_steps(self, step: str) -> list[str]:
        """Return the steps from which the graph leads to `step`."""
        return [name for name in self.graph.get("steps", {}) if step in self.next_steps(name)]
