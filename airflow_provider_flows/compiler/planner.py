"""A flow's graph -> the plan of its DAG: tasks, mapped groups, edges, trigger rules, arguments. LAUNCH phase.

docs/airflow.md says for each part of a flow what it becomes, and which trial on a real Airflow stands behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any

from airflow_provider_flows import __version__
from airflow_provider_flows.compiler.airflow_arguments import ONLY_OF_STEPS
from airflow_provider_flows.compiler.airflow_text import airflow_text, group_id, one_line_description
from airflow_provider_flows.compiler.asked import asked_of_operator
from airflow_provider_flows.compiler.dag_plan import DagPlan, EdgePlan, FlowCode, GroupPlan, ParamPlan, TaskPlan
from airflow_provider_flows.compiler.emit import variable_name
from airflow_provider_flows.compiler.segments import Segment, cut
from airflow_provider_flows.compiler.triggers import ALL_SUCCESS, fan_out_rule, trigger_rule
from airflow_provider_flows.contract import (
    FAN_OUT_OPERATOR,
    FAN_OUT_PREFIX,
    GROUP_PREFIX,
    LONGEST_GROUP_ID,
    LONGEST_ID,
    SPLIT_LABEL_TEMPLATE,
    STEP_OPERATOR,
    returns_its_splits,
)
from airflow_provider_flows.decorators.budget import budget_of
from airflow_provider_flows.decorators.builtin.kubernetes import KubernetesDecorator
from airflow_provider_flows.flow.attachments import StepAttachments
from airflow_provider_flows.graph.flow_graph import FlowGraph, Node
from airflow_provider_flows.graph.wording import with_loop


@dataclass(frozen=True)
class Deployment:
    """What is asked of Airflow beside a step's own decorators: arguments of the DAG and of its tasks.

    `task_arguments` go to every task, `step_arguments` to the tasks of one step; `default_arguments` to every task that
    is given no others.
    """

    dag_arguments: Mapping[str, Any] = field(default_factory=dict)
    default_arguments: Mapping[str, Any] = field(default_factory=dict)
    task_arguments: Mapping[str, Any] = field(default_factory=dict)
    step_arguments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    kubernetes_executor: str | None = None
    """The executor of steps with @kubernetes; None where the deployment has one for all."""


def make_plan(
    graph: FlowGraph,
    steps: Mapping[str, StepAttachments],
    code: FlowCode,
    params: Sequence[ParamPlan],
    deployment: Deployment,
) -> DagPlan:
    """Return the plan of a valid graph. `steps` are what is attached to the steps by name, initialised."""
    return _Planner(graph, steps, deployment).plan(code, params)


class _Planner:
    def __init__(self, graph: FlowGraph, steps: Mapping[str, StepAttachments], deployment: Deployment) -> None:
        self.graph, self.steps, self.deployment = graph, steps, deployment
        self.segments = cut(graph)
        self.segment_of = {step: segment for segment in self.segments for step in segment.steps}
        self.caught = frozenset(step for step, function in steps.items() if budget_of(function).fallback)
        self.names = _Names(graph)
        self.fans = {
            step: self.names.unique(f"{FAN_OUT_PREFIX}{step}", LONGEST_ID)
            for step in graph.topological
            if graph[step].maps and not returns_its_splits(graph[step].foreach_nest)
        }
        self.groups = {
            (s.nest, s.level): self.names.unique(_group_name(graph, s), LONGEST_GROUP_ID) for s in self.segments
        }

    def plan(self, code: FlowCode, params: Sequence[ParamPlan]) -> DagPlan:
        inner, outer = self.edges()
        tasks = {step: self.step_task(self.graph[step]) for step in self.graph.topological}
        blocks: dict[str, TaskPlan | GroupPlan] = {
            step: task for step, task in tasks.items() if step not in self.segment_of
        }
        blocks.update((fan, self.fan_task(step, fan)) for step, fan in self.fans.items())
        for segment in self.segments:
            group = self.group(segment, tasks, inner)
            blocks[group.group_id] = group
        return DagPlan(
            flow=code,
            dag_id=str(self.deployment.dag_arguments["dag_id"]),
            arguments=tuple((key, value) for key, value in self.dag_arguments().items() if key != "dag_id"),
            blocks=self.in_order(blocks, outer),
            edges=tuple(outer),
            params=tuple(params),
            version=__version__,
        )

    def dag_arguments(self) -> dict[str, Any]:
        doc = airflow_text(self.graph.doc)
        documentation = {"description": one_line_description(doc), "doc_md": doc} if doc else {}
        return {**documentation, **self.deployment.dag_arguments}

    def step_task(self, node: Node) -> TaskPlan:
        step, deployment = self.steps[node.name], self.deployment
        budget = budget_of(step)
        retries = {"retries": budget.user or deployment.default_arguments.get("retries", 0)} if budget.total else {}
        asked = asked_of_operator(step)
        if deployment.kubernetes_executor and any(isinstance(each, KubernetesDecorator) for each in step.decorators):
            asked.setdefault("executor", deployment.kubernetes_executor)
        if node.repeats:
            asked.pop("execution_timeout", None)  # the operator times each iteration, not their sum
        given = {**deployment.task_arguments, **deployment.step_arguments.get(node.name, {})}
        ours = {**({"task_display_name": with_loop(node)} if node.repeats else {}), **self.placed(node)}
        if documentation := self.documentation(node):
            ours = {**ours, "doc_md": documentation} if "doc_md" not in asked else ours
        arguments = {**retries, **asked, **ours, **given}
        arguments |= _missing(arguments, deployment.default_arguments)
        if budget.fallback:
            arguments["retries"] = budget.with_user(arguments["retries"]).total  # asked were tries of user code
        return TaskPlan(node.name, self.names.variable(node.name), STEP_OPERATOR, node.name, tuple(arguments.items()))

    def placed(self, node: Node) -> dict[str, Any]:
        """Return what follows from where the step stands in the graph."""
        segment = self.segment_of.get(node.name)
        rule = trigger_rule(self.graph, node.name, segment, self.caught)
        template = {"map_index_template": SPLIT_LABEL_TEMPLATE} if segment is not None else {}
        return {**({"trigger_rule": rule} if rule != ALL_SUCCESS else {}), **template}

    def documentation(self, node: Node) -> str:
        lines = [decorator.documentation() for decorator in self.steps[node.name].decorators]
        return "\n\n".join(airflow_text(part) for part in (node.doc, *lines) if part)

    def fan_task(self, foreach: str, task_id: str) -> TaskPlan:
        rule = fan_out_rule(self.graph, foreach)
        arguments: dict[str, Any] = {"step": foreach, **({"trigger_rule": rule} if rule != ALL_SUCCESS else {})}
        asked = dict(self.deployment.task_arguments)
        asked |= _missing(asked, self.deployment.default_arguments)
        arguments |= {key: value for key, value in asked.items() if key not in ONLY_OF_STEPS}
        return TaskPlan(task_id, self.names.variable(task_id), FAN_OUT_OPERATOR, foreach, tuple(arguments.items()))

    def group(self, segment: Segment, tasks: Mapping[str, TaskPlan], inner: Sequence[EdgePlan]) -> GroupPlan:
        group_id = self.groups[(segment.nest, segment.level)]
        around = segment.nest[-1]
        return GroupPlan(
            group_id=group_id,
            variable=self.names.variable(group_id),
            over=self.fans.get(around, around),
            tasks=tuple(tasks[step] for step in segment.steps),
            edges=tuple(edge for edge in inner if edge.upstream in segment.steps and edge.downstream in segment.steps),
        )

    def edges(self) -> tuple[list[EdgePlan], list[EdgePlan]]:
        """Return the edges within groups, and all others. What a group maps over needs no edge to it."""
        inner: list[EdgePlan] = []
        outer = [EdgePlan(step, fan) for step, fan in self.fans.items()]
        for step in self.graph.topological:
            for parent in self.graph[step].in_funcs:
                if parent == step or self.graph[parent].maps:
                    continue
                edge = EdgePlan(parent, step, _case_label(self.graph[parent], step))
                same = step in self.segment_of and self.segment_of[step] is self.segment_of.get(parent)
                (inner if same else outer).append(edge)
        return inner, outer

    def in_order(
        self, blocks: Mapping[str, TaskPlan | GroupPlan], outer: Sequence[EdgePlan]
    ) -> tuple[TaskPlan | GroupPlan, ...]:
        """Return the blocks so that each comes after all that it names: topological, ties as in the flow's file."""
        block_of = {step: self.groups[(s.nest, s.level)] for step, s in self.segment_of.items()}
        before: dict[str, set[str]] = {name: set() for name in blocks}
        for edge in outer:
            upstream, downstream = (block_of.get(end, end) for end in (edge.upstream, edge.downstream))
            if upstream != downstream:
                before[downstream].add(upstream)
        for name, block in blocks.items():
            if isinstance(block, GroupPlan):
                before[name].add(block_of.get(block.over, block.over))
        sorter = TopologicalSorter(before)
        sorter.prepare()
        ordered: list[str] = []
        rank = {name: self.rank(block) for name, block in blocks.items()}
        while sorter.is_active():
            ready = sorted(sorter.get_ready(), key=rank.__getitem__)
            ordered += ready
            sorter.done(*ready)
        return tuple(blocks[name] for name in ordered)

    def rank(self, block: TaskPlan | GroupPlan) -> int:
        step = block.tasks[0].step if isinstance(block, GroupPlan) else block.step
        return self.graph.topological.index(step)


class _Names:
    """Task ids, group ids and variables of one DAG file: no two are the same."""

    def __init__(self, graph: FlowGraph) -> None:
        self._ids = set(graph.topological)
        self._variables: dict[str, str] = {}
        for step in graph.topological:
            self.variable(step)

    def unique(self, wanted: str, longest: int) -> str:
        """Return an id of a task or group that nobody has yet: `wanted` as far as it fits, or `wanted_2`."""
        name, count = wanted[:longest], 1
        while name in self._ids:
            count += 1
            suffix = f"_{count}"
            name = wanted[: longest - len(suffix)] + suffix
        self._ids.add(name)
        return name

    def variable(self, identifier: str) -> str:
        if identifier not in self._variables:
            taken = {*self._variables.values(), STEP_OPERATOR, FAN_OUT_OPERATOR}
            self._variables[identifier] = variable_name(identifier, taken)
        return self._variables[identifier]


def _group_name(graph: FlowGraph, segment: Segment) -> str:
    around = graph[segment.nest[-1]]
    return group_id(f"{GROUP_PREFIX}{around.foreach_param or around.name}")


def _missing(arguments: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in defaults.items() if key not in arguments}


def _case_label(parent: Node, step: str) -> str | None:
    """Return the case of a switch that leads to `step`: `case`, or `1 | 2` where several do."""
    cases = [str(case) for case, target in parent.cases if target == step]
    return airflow_text(" | ".join(cases)) or None if cases else None
