"""Which tasks may start next, given what finished tasks left. LAUNCH phase; data only, no process is touched here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.identity import task_id


@dataclass(frozen=True)
class Task:
    """One task of a run: a step at a split path and, in a recursive step, one iteration."""

    step: str
    path: tuple[int, ...] = ()
    iteration: int | None = None

    @property
    def id(self) -> str:
        return task_id(self.step, self.path, self.iteration)


Together = tuple[Task, ...]
"""Tasks that start at the same time: those of one `num_parallel`, else a task by itself."""


class Progress:
    """Follows a run through the graph: hand in each task that is done, get those that may start."""

    def __init__(self, graph: FlowGraph) -> None:
        self._graph = graph
        self._arrived: Counter[tuple[str, tuple[int, ...]]] = Counter()
        self._splits: dict[tuple[str, tuple[int, ...]], int] = {}

    def first(self) -> Together:
        """Return the task of the start step."""
        assert self._graph.start_step is not None, "a checked graph has a start"
        return (self._task(self._graph.start_step, ()),)

    def after(self, task: Task, targets: Iterable[str], num_splits: int | None) -> Iterable[Together]:
        """Return what may start now that `task` has led to `targets`; tasks of a foreach only as they are asked for."""
        if num_splits is None:
            return [(follower,) for target in targets for follower in self._follower(task, target)]
        self._splits[task.step, task.path] = num_splits
        (target,) = targets
        items = (self._task(target, (*task.path, index)) for index in range(num_splits))
        return [tuple(items)] if self._graph[task.step].parallel_foreach else ((item,) for item in items)

    def _follower(self, task: Task, target: str) -> Iterable[Task]:
        if target == task.step:
            yield Task(target, task.path, (task.iteration or 0) + 1)
        elif self._may_start(task, target):
            yield self._task(target, self._path_of(target, task.path))

    def _may_start(self, task: Task, target: str) -> bool:
        """Whether `target` has all its inputs; only joins wait for more than one."""
        split = self._graph[target].closes
        if split is None:
            return True
        path = self._path_of(target, task.path)
        self._arrived[target, path] += 1
        expected = self._splits.get((split, path)) or len(self._graph[split].out_funcs)
        if self._arrived[target, path] < expected:
            return False
        del self._arrived[target, path]
        return True

    def _path_of(self, step: str, path: tuple[int, ...]) -> tuple[int, ...]:
        return path[: len(self._graph[step].foreach_nest)]

    def _task(self, step: str, path: tuple[int, ...]) -> Task:
        return Task(step, path, 0 if self._graph[step].repeats else None)
