"""The bare shape of a graph, as JSON data, and whether another graph is the same before a step. Any phase, any process.

It tells how a run's tasks follow each other without loading the flow that they are of.
"""

from __future__ import annotations

from typing import Any, Mapping

from airflow_provider_flows.graph.flow_graph import FlowGraph, Node, SourceSpan
from airflow_provider_flows.graph.nesting import weave
from airflow_provider_flows.graph.step_type import StepType

Shape = Mapping[str, Any]
"""`steps`: `[name, type, whether it is a join, [where it leads]]` in topological order; `start_step`, `end_step`."""

_NOWHERE = SourceSpan("", 0)


def shape_of(graph: FlowGraph) -> dict[str, Any]:
    """Return what `graph_of` needs to make the graph again."""
    steps = [[node.name, node.type.value, node.takes_inputs, list(node.out_funcs)] for node in graph]
    return {"steps": steps, "start_step": graph.start_step, "end_step": graph.end_step}


def graph_of(flow: str, shape: Shape) -> FlowGraph:
    """Return a graph whose steps follow and nest each other as those of the graph that had this shape."""
    nodes = {
        name: Node(name, _NOWHERE, type=StepType(kind), num_args=2 if is_join else 1, out_funcs=tuple(out))
        for name, kind, is_join, out in shape["steps"]
    }
    return FlowGraph(flow, _NOWHERE, weave(nodes), start_step=shape["start_step"], end_step=shape["end_step"])


def change_before(step: str, before: FlowGraph, now: FlowGraph) -> str | None:
    """Say what keeps the `step` of one graph from going on where the other one's did; None when nothing does.

    What comes before the step has to be the same in both, and the step of the same kind. What follows it may differ.
    """
    if step not in before or step not in now:
        return f"{'it has no' if step not in now else 'the run has no'} step {step!r}"
    old, new = _ancestors(before, step), _ancestors(now, step)
    for name in now.topological:
        if name in new - old:
            return f"step {name!r} comes before {step!r} there"
    for name in before.topological:
        if name in old - new:
            return f"step {name!r} does not come before {step!r} there"
    for name in now.topological:
        if name in old and before[name].out_funcs != now[name].out_funcs:
            return f"step {name!r} leads to {', '.join(dict.fromkeys(now[name].out_funcs))} there"
        if name in {*old, step} and _kind(before[name]) != _kind(now[name]):
            return f"step {name!r} is of the type {now[name].type!r} there"
    return None


def _kind(node: Node) -> tuple[StepType, bool]:
    return node.type, node.takes_inputs


def _ancestors(graph: FlowGraph, step: str) -> set[str]:
    found: set[str] = set()
    waiting = list(graph[step].in_funcs)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(graph[name].in_funcs)
    return found
