"""Which steps a run really reaches, given what its switches chose. Any phase; used by the plan and by every task.

A step is *implied* by another when one is reached exactly if the other is. Only steps that are implied by nothing need
a look at the switches before them, and the answer is always asked from the top down, so that what an untaken switch
chose in an earlier attempt of the run is never believed.
"""

from __future__ import annotations

import weakref
from typing import Callable

from airflow_provider_flows.graph.flow_graph import FlowGraph

Chosen = Callable[[str, "tuple[int, ...]"], str]
"""Which branch the switch at a split path took. Asked of switches that the run reaches; raises where one took none."""

_implied: weakref.WeakKeyDictionary[FlowGraph, dict[str, str]] = weakref.WeakKeyDictionary()


def implied_by(graph: FlowGraph) -> dict[str, str]:
    """Return, for each step that has one, a step before it that is reached exactly when it is.

    A join by the split it closes; a step on every path through its dominator by that; a step with one ordinary parent
    by the parent. What is left are the heads of switches, and merges that only some branches lead to.
    """
    if graph not in _implied:
        _implied[graph] = _compute(graph)
    return _implied[graph]


def control_class(graph: FlowGraph, step: str) -> str:
    """Return the first step that is reached exactly when `step` is."""
    links = implied_by(graph)
    while step in links:
        step = links[step]
    return step


def is_certain(graph: FlowGraph, parent: str, step: str) -> bool:
    """Whether the edge from `parent` is taken whenever `step` is reached."""
    return not graph[parent].branches and control_class(graph, parent) == control_class(graph, step)


def is_reached(graph: FlowGraph, step: str, path: tuple[int, ...], chosen: Chosen) -> bool:
    """Whether the run reaches `step` at the split path."""
    origin = control_class(graph, step)
    if origin == graph.start_step:
        return True
    return bool(reached_parents(graph, origin, path, chosen))


def reached_parents(graph: FlowGraph, step: str, path: tuple[int, ...], chosen: Chosen) -> tuple[str, ...]:
    """Return the parents of `step` whose edges to it are taken; `path` is that of the parents."""
    return tuple(parent for parent in graph[step].in_funcs if _is_taken(graph, parent, step, path, chosen))


def _is_taken(graph: FlowGraph, parent: str, step: str, path: tuple[int, ...], chosen: Chosen) -> bool:
    if not is_reached(graph, parent, path, chosen):
        return False
    if not graph[parent].branches:
        return True
    return chosen(parent, path[: len(graph[parent].foreach_nest)]) == step


def _compute(graph: FlowGraph) -> dict[str, str]:
    order = list(graph.topological)
    dominators = _dominators(order, {name: set(graph[name].in_funcs) - {name} for name in order})
    followers = {name: set(graph[name].out_funcs) - {name} for name in order}
    post_dominators = _dominators(order[::-1], followers)
    links: dict[str, str] = {}
    for position, name in enumerate(order):
        node = graph[name]
        if node.closes is not None:
            links[name] = node.closes
            continue
        before = [other for other in order[:position] if other in dominators[name]]
        if before and name in post_dominators[before[-1]]:
            links[name] = before[-1]
        elif len(node.in_funcs) == 1 and not graph[node.in_funcs[0]].branches:
            links[name] = node.in_funcs[0]
    return links


def _dominators(order: list[str], before: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return the steps that are on every way to each step, itself included; `order` is topological."""
    found: dict[str, set[str]] = {}
    for name in order:
        sets = [found[other] for other in before[name]]
        found[name] = {name} | (set.intersection(*sets) if sets else set())
    return found
