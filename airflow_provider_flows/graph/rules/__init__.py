"""The rules that a graph must keep, and the check that reports every problem at once. LAUNCH; no task runs this."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_provider_flows.errors import InvalidFlow, Problem, in_source_order
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.rules import nesting, steps, transitions
from airflow_provider_flows.graph.rules.table import TABLE, Rule

__all__ = ["Rule", "check_graph", "nesting", "require_valid", "steps", "transitions"]


def check_graph(graph: FlowGraph, extra: Iterable[Rule] = ()) -> list[Problem]:
    """Return all problems of a graph in source order; `extra` rules, of a target for instance, are asked as well."""
    holds = {condition: condition(graph) for _, condition in TABLE}
    asked = [rule for rule, condition in TABLE if holds[condition]]
    problems = [problem for rule in (*asked, *extra) for problem in rule(graph)]
    return in_source_order(problems, [node.file for node in graph])


def require_valid(graph: FlowGraph, extra: Iterable[Rule] = ()) -> None:
    """Raise InvalidFlow with all problems of the graph, if it has any."""
    problems = check_graph(graph, extra)
    if problems:
        raise InvalidFlow(problems)
