"""Runs a plan by Airflow's rules, in this process and without Airflow: mapped groups, trigger rules, skips.

The rules are those of Airflow 3.3's `TriggerRuleDep` and `MappedTaskUpstreamDep`; which of the ready tasks runs next is
left to chance, as on a real cluster, and the short-cut skips of switches get lost now and then.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from airflow_provider_flows.compiler.dag_plan import DagPlan, GroupPlan, TaskPlan
from airflow_provider_flows.contract import FAN_OUT_OPERATOR
from airflow_provider_flows.decorators.budget import budget_of
from airflow_provider_flows.errors import InputsMissing
from airflow_provider_flows.setup.runtime import FlowRuntime
from airflow_provider_flows.task.fan_out import split_counts
from airflow_provider_flows.task.host import Host
from airflow_provider_flows.task.outcome import Outcome
from airflow_provider_flows.task.request import TaskRequest
from airflow_provider_flows.task.run_task import run_task
from airflow_provider_flows.task.view import RunView

Instance = tuple[str, int]
"""A task instance: task id and map index, -1 where the task is not mapped."""

SUCCESS, FAILED, SKIPPED, UPSTREAM_FAILED = "success", "failed", "skipped", "upstream_failed"
UNMAPPED = -1


@dataclass
class Simulation:
    """One DAG run. `states` are those of the instances that are done; `lost` is how often a short cut gets lost.

    Instances in `killed` die before they leave anything.
    """

    plan: DagPlan
    runtime: FlowRuntime
    parameters: dict[str, object]
    chance: random.Random
    lost: float = 0.5
    states: dict[Instance, str] = field(default_factory=dict)
    sizes: dict[str, int | None] = field(default_factory=dict)
    killed: set[Instance] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.tasks: dict[str, TaskPlan] = {}
        self.group_of: dict[str, GroupPlan] = {}
        self.upstream: dict[str, list[str]] = {}
        for block in self.plan.blocks:
            for task in block.tasks if isinstance(block, GroupPlan) else (block,):
                self.tasks[task.task_id] = task
                self.upstream[task.task_id] = []
                if isinstance(block, GroupPlan):
                    self.group_of[task.task_id] = block
        groups = [block for block in self.plan.blocks if isinstance(block, GroupPlan)]
        for edge in [*self.plan.edges, *(edge for group in groups for edge in group.edges)]:
            self.upstream[edge.downstream].append(edge.upstream)
        for group in groups:
            inside = {edge.downstream for edge in group.edges}
            for task in group.tasks:
                if task.task_id not in inside:
                    self.upstream[task.task_id].append(group.over)

    def run(self) -> dict[Instance, str]:
        """Run until nothing more can start; return the states of all task instances."""
        while True:
            ready = []
            for instance in self._waiting():
                verdict = self._verdict(instance)
                if verdict == "run":
                    ready.append(instance)
                elif verdict is not None:
                    self.states[instance] = verdict
                    break
            else:
                if not ready:
                    return self.states
                self._execute(self.chance.choice(ready))

    def clear(self, instance: Instance) -> None:
        """Forget an instance and all that comes after its task, as clearing it "with downstream" does."""
        after = {instance[0]}
        for task in self.tasks:  # in topological order, as the plan's blocks are
            over = self.group_of[task].over if task in self.group_of else None
            if after.intersection(self.upstream[task]) or over in after:
                after.add(task)
        self.killed.discard(instance)
        gone = after - {instance[0]}
        self.states = {each: state for each, state in self.states.items() if each != instance and each[0] not in gone}
        self.sizes = {task: size for task, size in self.sizes.items() if task not in after}

    def _waiting(self) -> list[Instance]:
        return [each for task in self.tasks for each in self._instances(task) if each not in self.states]

    def _instances(self, task: str) -> list[Instance]:
        size = self.sizes.get(self.group_of[task].over) if task in self.group_of else None
        return [(task, UNMAPPED)] if not size else [(task, index) for index in range(size)]

    def _verdict(self, instance: Instance) -> str | None:
        """Return "run", the state that the instance gets without running, or None where it has to wait."""
        task, index = instance
        group = self.group_of.get(task)
        if group is not None:
            over = [self.states.get(each) for each in self._instances(group.over)]
            if None in over:
                return None
            if FAILED in over or UPSTREAM_FAILED in over:
                return UPSTREAM_FAILED
            if SKIPPED in over or self.sizes.get(group.over) == 0:
                return SKIPPED
        found = [self.states.get(each) for each in self._relevant(task, index)]
        done = None not in found
        bad, good, skipped = (sum(state in kinds for state in found) for kinds in _KINDS)
        rule = dict(self.tasks[task].arguments).get("trigger_rule", "all_success")
        if rule == "all_done":
            return "run" if done else None
        if rule == "one_success":
            if good:
                return "run"
            return None if not done else SKIPPED if skipped == len(found) else UPSTREAM_FAILED
        if bad:
            return UPSTREAM_FAILED
        if rule == "all_success" and skipped:
            return SKIPPED
        if rule == "none_failed_min_one_success" and found and skipped == len(found):
            return SKIPPED
        return "run" if done else None

    def _relevant(self, task: str, index: int) -> Iterator[Instance]:
        """Yield the instances that an instance depends on: in its own mapped group only those of its index."""
        for upstream in self.upstream[task]:
            if index >= 0 and self.group_of.get(upstream) is self.group_of[task]:
                yield upstream, index
            else:
                yield from self._instances(upstream)

    def _execute(self, instance: Instance) -> None:
        task = self.tasks[instance[0]]
        if instance in self.killed:
            self.states[instance] = FAILED
            return
        try:
            if task.operator == FAN_OUT_OPERATOR:
                self._fan_out(task)
                self.states[instance] = SUCCESS
            else:
                self.states[instance] = self._step(task, instance[1])
        except InputsMissing:
            self.states[instance] = FAILED

    def _fan_out(self, task: TaskPlan) -> None:
        counts = split_counts(self._view(), task.step)
        self.runtime.store.write_splits(self.runtime.name, self.runtime.run_id, task.step, counts)
        self.sizes[task.task_id] = sum(count for _, count in counts)

    def _step(self, task: TaskPlan, index: int) -> str:
        node = self.runtime.graph[task.step]
        path = self._view().placement.split_path(node.name, index)
        outcome = self._attempts(task.step, path)
        if outcome is None:
            return SKIPPED
        if not outcome.ok:
            return FAILED
        if node.maps and not node.foreach_nest:
            self.sizes[task.task_id] = outcome.record.num_splits
        if node.branches and outcome.record.transition is not None:
            self._skip_others(task.step, outcome.record.transition[0], index)
        return SUCCESS

    def _attempts(self, step: str, path: tuple[int, ...]) -> Outcome | None:
        budget = budget_of(self.runtime.step(step))
        outcome = None
        for count in range(budget.total + 1):
            request = TaskRequest(step, path, retry_count=count, budget=budget, parameters=self.parameters)
            outcome = run_task(self.runtime, request, Host())
            if outcome is None or outcome.ok:
                break
        return outcome

    def _skip_others(self, switch: str, chosen: str, index: int) -> None:
        graph = self.runtime.graph
        for head in set(graph[switch].out_funcs) - {chosen, switch}:
            lost = index >= 0 and self.chance.random() < self.lost
            if graph[head].in_funcs == (switch,) and not lost:
                self.states.setdefault((head, index), SKIPPED)

    def _view(self) -> RunView:
        return RunView(self.runtime.store, self.runtime.graph, self.runtime.run_id)


_KINDS = ({FAILED, UPSTREAM_FAILED}, {SUCCESS}, {SKIPPED})
