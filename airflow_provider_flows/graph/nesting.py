"""Puts steps in order and finds what each is nested in. LAUNCH and TASK, any process that loads a flow.

A nest is the tuple of open splits around a place in the graph, outermost first, each with the branch that was taken.
Every function here visits each transition once, so flows with many branches cost no more than long ones.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from airflow_provider_flows.graph.flow_graph import FlowGraph, Node

Nest = tuple[tuple[str, str], ...]
"""(split step, first step of the branch taken), outermost first."""
Edges = Mapping[str, list[str]]


def weave(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """Return the nodes in topological order, with what they derive from the transitions between them.

    `nodes` come in source order, which decides between steps that could come in any order. Transitions to unknown
    steps and those that close a loop are passed over; the rules report them.
    """
    edges = forward_edges(nodes)
    parents = _reverse(edges)
    nests: dict[str, Nest] = {}
    woven: dict[str, Node] = {}
    order = list(_topological(edges))
    position = {name: index for index, name in enumerate(order)}
    for name in order:
        node = nodes[name]
        in_funcs = sorted(parents[name], key=position.__getitem__)
        nests[name] = _entry(node, [leaving(woven[parent], name) for parent in in_funcs])
        woven[name] = replace(_nested(node, nests[name], woven), in_funcs=tuple(in_funcs))
    for node in list(woven.values()):
        if node.closes:
            woven[node.closes] = replace(woven[node.closes], matching_join=node.name)
    return woven


def leaving(node: Node, child: str) -> Nest:
    """Return the nest in which `child` finds itself when it is entered from `node`."""
    nest = tuple(zip(node.split_parents, node.split_branches))
    return (*nest, (node.name, child)) if node.splits else nest


def arriving(graph: FlowGraph, node: Node) -> list[Nest]:
    """Return the nest in which each of `node.in_funcs` leads to it; all the same in a valid graph, but for joins."""
    return [leaving(graph[parent], node.name) for parent in node.in_funcs]


def branch_of(graph: FlowGraph, join: str, parent: str) -> str:
    """Return the first step of the branch, of the split that `join` closes, on which `parent` leads to it."""
    return leaving(graph[parent], join)[-1][1]


def meeting_point(graph: FlowGraph, step: str) -> str | None:
    """Return the first step that every way from `step` to the end passes: where the arms of a switch meet again."""
    position = {name: index for index, name in enumerate(graph.topological)}
    frontier = {name for name in graph[step].out_funcs if name != step}
    while len(frontier) > 1:
        first = min(frontier, key=position.__getitem__)
        frontier = (frontier - {first}) | {name for name in graph[first].out_funcs if name != first}
    return frontier.pop() if frontier else None


def known_edges(nodes: Mapping[str, Node]) -> dict[str, list[str]]:
    """Return each step's transitions to steps that exist, without a switch's recursion into itself."""
    return {node.name: [name for name in _others(node) if name in nodes] for node in nodes.values()}


def _others(node: Node) -> list[str]:
    return [name for name in dict.fromkeys(node.out_funcs) if not (node.repeats and name == node.name)]


def forward_edges(nodes: Mapping[str, Node]) -> dict[str, list[str]]:
    """Return the transitions between known steps, without those that close a loop."""
    edges = known_edges(nodes)
    list(cut_loops(edges))
    return edges


def cut_loops(edges: dict[str, list[str]]) -> Iterator[list[str]]:
    """Yield each loop, from its first step in source order back to it, and remove the transition that closes it."""
    source_order = {name: index for index, name in enumerate(edges)}
    while True:
        try:
            TopologicalSorter(_reverse(edges)).prepare()
            return
        except CycleError as error:
            loop = error.args[1][:-1]
        first = loop.index(min(loop, key=source_order.__getitem__))
        loop = [*loop[first:], *loop[:first]]
        edges[loop[-1]].remove(loop[0])
        yield [*loop, loop[0]]


def _reverse(edges: Edges) -> dict[str, list[str]]:
    parents: dict[str, list[str]] = {name: [] for name in edges}
    for name, targets in edges.items():
        for target in targets:
            parents[target].append(name)
    return parents


def _topological(edges: Edges) -> Iterator[str]:
    names = list(edges)
    position = {name: index for index, name in enumerate(names)}
    sorter = TopologicalSorter(_reverse(edges))
    sorter.prepare()
    ready: list[int] = []
    while sorter.is_active():
        for name in sorter.get_ready():
            heapq.heappush(ready, position[name])
        first = names[heapq.heappop(ready)]
        yield first
        sorter.done(first)


def _entry(node: Node, arriving: list[Nest]) -> Nest:
    """Return one nest for all that arrive. They differ where the flow is wrong; then the outermost one breaks least."""
    if node.takes_inputs:
        return min(arriving, key=len, default=())
    return _common(arriving) if arriving else ()


def _common(nests: list[Nest]) -> Nest:
    first, last = min(nests), max(nests)
    same = (index for index, (one, other) in enumerate(zip(first, last)) if one != other)
    return first[: next(same, min(len(first), len(last)))]


def _nested(node: Node, nest: Nest, earlier: Mapping[str, Node]) -> Node:
    closes = nest[-1][0] if node.takes_inputs and nest else None
    inside = nest[:-1] if closes else nest
    return replace(
        node,
        split_parents=tuple(split for split, _ in nest),
        split_branches=tuple(branch for _, branch in inside),
        closes=closes,
        foreach_nest=tuple(split for split, _ in inside if earlier[split].maps),
    )
