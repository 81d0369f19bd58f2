"""What has happened in a run so far, counted by step. LAUNCH phase; data only."""

from __future__ import annotations

from dataclasses import dataclass, field

from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.local.progress import Task
from airflow_provider_flows.store import AttemptRecord


@dataclass
class StepTally:
    """The tasks of one step; of a foreach, the items of all its tasks together."""

    running: int = 0
    waiting: int = 0
    """Tasks that failed and start again after a while."""
    done: int = 0
    """Tasks that ended well in this run; those that `@catch` saved are among them."""
    caught: int = 0
    failed: int = 0
    retried: int = 0
    """Attempts after the first of their task."""
    cloned: int = 0
    items: int = 0
    items_done: int = 0

    @property
    def over(self) -> int:
        """Tasks after which the run can continue."""
        return self.done + self.cloned


@dataclass
class Tally:
    """One `StepTally` for each step; `changes` goes up with every event."""

    graph: FlowGraph
    steps: dict[str, StepTally] = field(init=False)
    changes: int = 0
    _running: set[Task] = field(default_factory=set)
    _failed: set[Task] = field(default_factory=set)
    _waiting: set[Task] = field(default_factory=set)
    _parallel_groups: dict[Task, AttemptRecord] = field(default_factory=dict)
    """What ended well among the tasks of a num_parallel, which start again when another of them fails."""

    def __post_init__(self) -> None:
        self.steps = {name: StepTally() for name in self.graph.topological}
        self._parallel = {name for node in self.graph if node.parallel_foreach for name in node.out_funcs}

    @property
    def total(self) -> StepTally:
        """The sum over all steps."""
        names = StepTally.__dataclass_fields__
        return StepTally(*(sum(getattr(step, name) for step in self.steps.values()) for name in names))

    def started(self, task: Task, retry_count: int) -> None:
        step = self.steps[task.step]
        step.running += 1
        self._running.add(task)
        if retry_count:
            step.retried += 1
            self._forget(task)
        self.changes += 1

    def ended(self, task: Task, record: AttemptRecord | None) -> None:
        """Count the end of an attempt; `record` is None when it failed."""
        step = self.steps[task.step]
        if task in self._running:  # its process may have died before it came up
            self._running.discard(task)
            step.running -= 1
        if record is None:
            step.failed += 1
            self._failed.add(task)
        else:
            self._done(task, record, 1)
            if task.step in self._parallel:
                self._parallel_groups[task] = record
        self.changes += 1

    def waits(self, task: Task) -> None:
        self._forget(task)
        self.steps[task.step].waiting += 1
        self._waiting.add(task)
        self.changes += 1

    def cloned(self, task: Task, record: AttemptRecord) -> None:
        self.steps[task.step].cloned += 1
        self._went_on(task, record, 1)
        self.changes += 1

    def _forget(self, task: Task) -> None:
        """Take back what the task's last attempt was counted as."""
        step = self.steps[task.step]
        if task in self._failed:
            self._failed.discard(task)
            step.failed -= 1
        elif task in self._waiting:
            self._waiting.discard(task)
            step.waiting -= 1
        elif task in self._parallel_groups:
            self._done(task, self._parallel_groups.pop(task), -1)

    def _done(self, task: Task, record: AttemptRecord, count: int) -> None:
        step = self.steps[task.step]
        step.done += count
        step.caught += count * (record.outcome == "caught")
        self._went_on(task, record, count)

    def _went_on(self, task: Task, record: AttemptRecord, count: int) -> None:
        """Count the items that a foreach makes, and the one that is done when its last step leads to the join."""
        self.steps[task.step].items += count * (record.num_splits or 0)
        for target in record.transition or ():
            closed = self.graph[target].closes
            if closed is not None and self.graph[closed].maps:
                self.steps[closed].items_done += count
