"""What the tasks of a run have left so far, read once for each question. TASK phase, read only."""

from __future__ import annotations

from typing import Iterable

from airflow_provider_flows.contract import returns_its_splits
from airflow_provider_flows.errors import InputsMissing
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.reachability import is_reached, reached_parents
from airflow_provider_flows.identity import TaskAddress, task_id
from airflow_provider_flows.store import AttemptRecord, Store
from airflow_provider_flows.task.placement import Placement


class RunView:
    """The newest records of a run's tasks, by step and split path."""

    def __init__(self, store: Store, graph: FlowGraph, run_id: str) -> None:
        self.store, self.graph, self.run_id = store, graph, run_id
        self._records: dict[tuple[str, tuple[int, ...]], AttemptRecord | None] = {}
        self.placement = Placement(graph, self._splits)

    def address(self, step: str, path: tuple[int, ...], iteration: int | None = None) -> TaskAddress:
        return TaskAddress.of(self.graph.name, self.run_id, step, path, iteration)

    def record(self, step: str, path: tuple[int, ...]) -> AttemptRecord | None:
        """Return the newest record of a task; of a recursive step's tasks, that of the last iteration."""
        place = (step, path)
        if place not in self._records:
            self._records[place] = self._read(step, path)
        return self._records[place]

    def records(self, step: str, paths: Iterable[tuple[int, ...]]) -> list[AttemptRecord | None]:
        """Return the newest records of many tasks of one step, read together where that pays."""
        wanted = list(paths)
        missing = [path for path in wanted if (step, path) not in self._records]
        if missing and not self.graph[step].repeats:
            found = self.store.read_many([self.address(step, path) for path in missing])
            self._records.update(((step, path), record) for path, record in zip(missing, found))
        return [self.record(step, path) for path in wanted]

    def iterations(self, step: str, path: tuple[int, ...]) -> Iterable[AttemptRecord]:
        """Yield the records of a recursive step's iterations, from the first to the one that leaves, fails or is last.

        A clear in Airflow starts over at iteration 0, so iterations behind the one that leaves are of an earlier try.
        """
        iteration = 0
        while True:
            record = self.store.read_newest(self.address(step, path, iteration))
            if record is None:
                return
            yield record
            if record.outcome == "failed" or record.transition != (step,):
                return
            iteration += 1

    def chosen(self, step: str, path: tuple[int, ...]) -> str:
        """Return the branch that a switch left by; InputsMissing when it never left: a failure is not a choice."""
        record = self.record(step, path)
        if record is None or record.transition is None or record.transition == (step,):
            raise InputsMissing(
                f"Switch step {step!r} chose no branch for {task_id(step, path)}. Clear it and its downstream tasks."
            )
        return record.transition[0]

    def is_reached(self, step: str, path: tuple[int, ...]) -> bool:
        return is_reached(self.graph, step, path, self.chosen)

    def reached_parents(self, step: str, path: tuple[int, ...]) -> tuple[str, ...]:
        """Return the parents of `step` that really lead to it; `path` is theirs."""
        parents = self.graph[step].in_funcs
        if len(parents) == 1 and not self.graph[parents[0]].branches:
            return tuple(parents)
        return reached_parents(self.graph, step, path, self.chosen)

    def num_splits(self, foreach: str, path: tuple[int, ...]) -> int:
        """Return into how many items the foreach step split at `path`."""
        record = self.record(foreach, path)
        if record is None or record.num_splits is None:
            raise InputsMissing(
                f"Foreach step {foreach!r} left no splits for {task_id(foreach, path)}. "
                "Clear it and its downstream tasks."
            )
        return record.num_splits

    def _splits(self, nest: tuple[str, ...]) -> Iterable[tuple[tuple[int, ...], int]]:
        """Return the splits of a nest's innermost foreach, for placement; a fan-out recorded those of a nested one."""
        if returns_its_splits(nest[:-1]):
            return [((), self.num_splits(nest[-1], ()))]
        counts = self.store.read_splits(self.graph.name, self.run_id, nest[-1])
        if counts is None:
            raise InputsMissing(f"the splits of {nest[-1]!r} are not recorded. Clear the fan-out task before this one.")
        return counts

    def _read(self, step: str, path: tuple[int, ...]) -> AttemptRecord | None:
        if not self.graph[step].repeats:
            return self.store.read_newest(self.address(step, path))
        return max(self.iterations(step, path), key=lambda record: record.iteration or 0, default=None)
