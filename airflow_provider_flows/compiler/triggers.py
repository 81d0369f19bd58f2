"""Which trigger rule each task needs. LAUNCH phase; airflow.md's trials stand behind each choice (docs/airflow.md).

Every step guards itself as well: it asks the store which of its parents the run really came from, and skips itself when
there is none. A rule has to start a task in time; it does not have to be right about untaken branches alone.
"""

from __future__ import annotations

from airflow_provider_flows.compiler.segments import Segment
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.reachability import control_class, is_certain

ALL_SUCCESS = "all_success"
ALL_DONE = "all_done"
NONE_FAILED = "none_failed"
MIN_ONE_SUCCESS = "none_failed_min_one_success"
ONE_SUCCESS = "one_success"


def trigger_rule(graph: FlowGraph, step: str, segment: Segment | None, caught: frozenset[str]) -> str:
    """Return the trigger rule of a step's task; `caught` are the steps that have @catch."""
    node = graph[step]
    parents = [parent for parent in node.in_funcs if parent != step]
    if caught.intersection(parents):
        return ALL_DONE  # starts although a caught parent failed for good, and then looks at each parent itself
    if _all_arrive(graph, step, parents):
        return NONE_FAILED if segment is not None and _looks_beyond(graph, parents, segment) else ALL_SUCCESS
    if segment is None:
        return MIN_ONE_SUCCESS
    return ONE_SUCCESS if _exactly_one_succeeds(graph, step, parents, segment) else NONE_FAILED


def fan_out_rule(graph: FlowGraph, foreach: str) -> str:
    """Return the trigger rule of the task that flattens a nested foreach's splits: some indices may not get there."""
    return ALL_SUCCESS if _is_unconditional(graph, foreach) else MIN_ONE_SUCCESS


def _all_arrive(graph: FlowGraph, step: str, parents: list[str]) -> bool:
    """Whether the run comes to the step from each of its parents, if it comes to the step at all."""
    if len(parents) <= 1 and graph[step].closes is None:
        return True
    return all(is_certain(graph, parent, step) for parent in parents)


def _looks_beyond(graph: FlowGraph, parents: list[str], segment: Segment) -> bool:
    """Whether a mapped task looks at all indices of another group, where some may be skipped, or removed by a clear.

    `all_success` would skip it with the first of these, and Airflow takes a live index for removed when it counts
    removed ones upstream (seen on 3.3 after a clear in which a foreach shrank).
    """
    return any(
        parent not in segment.steps and graph[parent].foreach_nest and not graph[parent].maps for parent in parents
    )


def _is_unconditional(graph: FlowGraph, step: str) -> bool:
    """Whether each item of the foreach around a step reaches it, whatever the switches in the body choose."""
    return control_class(graph, step) == control_class(graph, graph[step].foreach_nest[-1])


def _exactly_one_succeeds(graph: FlowGraph, step: str, parents: list[str], segment: Segment) -> bool:
    """Whether a merge may start at its first successful parent, so that no index waits for another.

    Not where a switch itself is a parent (it succeeds before its branch is done), where independent branches meet, or
    across groups, where the rule would not look at its own index alone.
    """
    within = all(parent in segment.steps for parent in parents)
    return within and graph[step].closes is None and all(not graph[parent].branches for parent in parents)
