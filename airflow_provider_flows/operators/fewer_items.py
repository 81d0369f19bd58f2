"""A cleared foreach with fewer items than before, which Airflow before 3.3 cannot go on from. Worker."""

from __future__ import annotations

from airflow_provider_flows.errors import FlowsError
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.operators.compat import AirflowFailException
from airflow_provider_flows.operators.older_airflow import airflow_minor, is_older
from airflow_provider_flows.operators.task_instance import TaskInstance


class FewerItems(FlowsError, AirflowFailException):
    """A foreach has fewer items than when Airflow last mapped over it, and this Airflow would wait for the others."""


def require_no_fewer(task: TaskInstance, graph: FlowGraph, foreach: str, count: int) -> None:
    """FewerItems where this Airflow would end the run as a deadlock: better to say now what helps.

    It only asks when the task at hand has had a try before: until it succeeded once, nothing is mapped over its list.
    """
    if task.try_number > 1 and is_older() and _is_followed_by_an_unmapped_task(graph, foreach):
        before = task.count_of(graph[foreach].out_funcs[0])
        if before > count:
            raise FewerItems(
                f"Step {foreach!r} has split into {count} items, and into {before} before it was cleared. Airflow "
                f"{'.'.join(map(str, airflow_minor()))} would never go on after the items that are gone; Airflow 3.3 "
                "does. Trigger a new run, or upgrade Airflow."
            )


def _is_followed_by_an_unmapped_task(graph: FlowGraph, foreach: str) -> bool:
    """Whether a join outside of all foreaches, or a fan-out, comes right after the tasks of a foreach's body."""
    is_outermost = not graph[foreach].foreach_nest
    return is_outermost or any(step.maps and step.foreach_nest[-1:] == (foreach,) for step in graph)
