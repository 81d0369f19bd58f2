"""What the artifact `_graph_info` says of a flow's graph, as in Metaflow 2.19. TASK and client, any process."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from airflow_provider_flows.graph.nesting import meeting_point
from airflow_provider_flows.graph.step_type import StepType

if TYPE_CHECKING:
    from airflow_provider_flows.graph.flow_graph import FlowGraph, Node

_TYPES = {StepType.SPLIT: "split-static", StepType.FOREACH: "split-foreach"}


def graph_info(graph: FlowGraph, decorators: Mapping[str, list[dict[str, object]]] | None = None) -> dict[str, object]:
    """Return what the artifact says of a valid graph, of plain data only.

    `decorators` describes each step's, which the graph does not know. The flow adds its parameters, constants and own
    decorators.
    """
    decorators = decorators or {}
    return {
        "file": os.path.basename(graph.file),
        "start_step": graph.start_step,
        "end_step": graph.end_step,
        "steps": {node.name: step_info(node, decorators.get(node.name, [])) for node in graph},
        "graph_structure": structure(graph),
        "doc": graph.doc,
    }


def info_type(node: Node) -> str:
    """Return the type of a step as `_graph_info` and its readers name it."""
    return "split-parallel" if node.parallel_foreach else _TYPES.get(node.type, node.type.value)


def step_info(node: Node, decorators: list[dict[str, object]]) -> dict[str, object]:
    """Return one step's entry; keys that do not apply to its type are absent."""
    kind = info_type(node)
    special: dict[str, dict[str, object]] = {
        "split-foreach": {"foreach_artifact": node.foreach_param},
        "split-parallel": {"num_parallel": node.num_parallel},
        "split-switch": {"condition": node.condition, "switch_cases": dict(node.cases)},
    }
    return {
        "name": node.name,
        "type": kind,
        "line": node.line,
        "source_file": node.file,
        "doc": node.doc,
        "decorators": decorators,
        "next": list(node.out_funcs),
        "node_info": dict(node.node_info),
        **special.get(kind, {}),
        **({"matching_join": node.matching_join} if node.matching_join else {}),
    }


def structure(graph: FlowGraph) -> list[object]:
    """Return the nesting as nested lists: `["start", [["a"], ["b"]], "join", "end"]`; a `num_parallel` nests nothing.

    The arms of a switch reach to the step where they meet. (Metaflow repeats the rest of the flow in each arm, which
    doubles the structure with every switch.)
    """
    assert graph.start_step and graph.end_step
    if graph.start_step == graph.end_step:
        return [graph.end_step]
    return [*_block(graph, graph.start_step, graph.end_step), graph.end_step]


def _block(graph: FlowGraph, first: str | None, end: str | None) -> list[object]:
    block: list[object] = []
    while first is not None and first != end:
        node = graph[first]
        block.append(first)
        if (node.splits and not node.parallel_foreach) or node.branches:
            first = node.matching_join if node.splits else meeting_point(graph, node.name)
            block.append([_block(graph, branch, first) for branch in _branches(node)])
        else:
            first = node.out_funcs[0] if node.out_funcs else None
    return block


def _branches(node: Node) -> list[str]:
    return [branch for branch in dict.fromkeys(node.out_funcs) if branch != node.name]
