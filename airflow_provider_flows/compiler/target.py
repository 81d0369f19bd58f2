"""What Airflow cannot do, as rules beside the dialect's own. LAUNCH phase."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_provider_flows.errors import Problem
from airflow_provider_flows.graph.model import FlowGraph

LONGEST_ID = 250
"""Characters of a task id or DAG id in Airflow."""


def ids_fit(graph: FlowGraph) -> Iterator[Problem]:
    """A step's name is the id of its task, and Airflow's ids are limited."""
    for node in graph:
        if len(node.name) > LONGEST_ID:
            yield node.place.problem(
                f"step {node.name[:20]}… has a name of {len(node.name)} characters, and an Airflow task id has at most "
                f"{LONGEST_ID}.",
                "Give the step a shorter name.",
            )


def no_parallel(graph: FlowGraph) -> Iterator[Problem]:
    """A gang of tasks that must run at once cannot be promised by a scheduler that starts them one by one."""
    for node in graph:
        if node.parallel_foreach and node.tail is not None:
            yield node.tail.problem(
                f"step {node.name!r} uses num_parallel, which Airflow cannot do: its tasks do not start together.",
                "Use foreach= where the tasks need not run at the same time. See docs/differences.md#num_parallel.",
            )


RULES = (ids_fit, no_parallel)
