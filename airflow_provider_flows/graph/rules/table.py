"""The table of rules, and the conditions on which they are asked. LAUNCH; no task runs this.

Rules come in three stages, so that one mistake is not reported as many: a rule about splits says nothing sensible of
a graph with a loop in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from airflow_provider_flows.errors import Problem
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.nesting import cut_loops, known_edges

Rule = Callable[[FlowGraph], Iterator[Problem]]
Condition = Callable[[FlowGraph], bool]

TABLE: list[tuple[Rule, Condition]] = []


def rule(when: Condition) -> Callable[[Rule], Rule]:
    """Add a rule to the table; it is asked only of graphs for which `when` holds."""

    def add(function: Rule) -> Rule:
        TABLE.append((function, when))
        return function

    return add


def always(graph: FlowGraph) -> bool:
    """The rule looks at one step at a time."""
    return True


def transitions_known(graph: FlowGraph) -> bool:
    """The rule follows transitions: all of them could be read and lead to steps that exist."""
    ends = graph.start_step is not None and graph.end_step is not None
    return ends and all(
        (node.tail is not None or node.name == graph.end_step)
        and not node.tail_flaws
        and all(name in graph for name in node.out_funcs)
        for node in graph
    )


def loopless(graph: FlowGraph) -> bool:
    """The rule follows ways to where they end."""
    return transitions_known(graph) and not any(cut_loops(known_edges(graph.nodes)))


def nesting_known(graph: FlowGraph) -> bool:
    """The rule relies on what steps are nested in.

    Every step lies on a way from start to end, and parallel groups are entered and joined as such.
    """
    return loopless(graph) and not unreachable(graph) and _parallel_groups_known(graph)


def _parallel_groups_known(graph: FlowGraph) -> bool:
    edges = [(node, graph[name]) for node in graph for name in node.out_funcs]
    return all(node.parallel_foreach or not after.parallel_step for node, after in edges) and all(
        after.takes_inputs or not node.parallel_step for node, after in edges
    )


def unreachable(graph: FlowGraph) -> list[str]:
    """Return the steps that no way from the start step leads to."""
    reached: set[str] = set()
    ahead = [graph.start_step] if graph.start_step else []
    while ahead:
        name = ahead.pop()
        if name not in reached and name in graph:
            reached.add(name)
            ahead.extend(graph[name].out_funcs)
    return [node.name for node in graph if node.name not in reached]
