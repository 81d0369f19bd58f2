"""The codes that the tasks of one run run: the DAG file may be replaced during a run. TASK and LAUNCH; data only.

A run takes a code up when a task runs it first. The run's record holds them in that order, and a task's record the
number of its own, so there is a newest code among the parents of a task.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, Mapping, Sequence

from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.shape import graph_of, shape_of
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.task.metadata import CODE_NUMBER


@dataclass(frozen=True)
class Deployed:
    """A code: the digest of a flow's sources, and all that was decided when they were compiled."""

    code: str
    entry: str
    decorators: Sequence[str]
    options: Mapping[str, Any]
    configs: Mapping[str, Any]
    paths: Sequence[str] = ()
    locks: Mapping[str, Sequence[str]] = field(default_factory=dict)


class RunCodes:
    """The codes that a run took up, oldest first, as its record says; none before it starts."""

    def __init__(self, flow: str, record: Mapping[str, Any] | None) -> None:
        self._flow = flow
        self._entries: Sequence[Mapping[str, Any]] = (record or {}).get("codes") or ()
        self.started_with: int = (record or {}).get("started_with", 0)
        """Number of the code that the first step ran when it was started last."""
        self.graph = cache(self._graph)

    def __len__(self) -> int:
        return len(self._entries)

    def deployed(self, number: int) -> Deployed:
        return Deployed(**self._entries[number]["deployed"])

    def _graph(self, number: int) -> FlowGraph:
        return graph_of(self._flow, self._entries[number]["shape"])

    def number_of(self, deployed: Deployed) -> int:
        """Return the number of a code when a task runs it now: a new one unless it is the newest already."""
        newest = self._entries[-1]["deployed"] if self._entries else {}
        return len(self) - (_as_kept(newest) == _as_kept(asdict(deployed)))


def with_code(
    entries: Sequence[Mapping[str, Any]], deployed: Deployed, graph: FlowGraph
) -> tuple[list[Mapping[str, Any]], int]:
    """Return the codes of a run's record with one that a task runs now, and its number."""
    number = RunCodes(graph.name, {"codes": entries}).number_of(deployed)
    new = [{"deployed": asdict(deployed), "shape": shape_of(graph)}] if number == len(entries) else []
    return [*entries, *new], number


def _as_kept(deployed: Mapping[str, Any]) -> str:
    """Return what was deployed as records keep it: JSON has no tuples and no keys but text."""
    return json.dumps(deployed, sort_keys=True)


def number_in(record: AttemptRecord) -> int:
    """Return the number of the code that an attempt ran."""
    return int(record.metadata.get(CODE_NUMBER, 0))
