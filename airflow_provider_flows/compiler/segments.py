"""Cut the bodies of foreaches into segments, each of which becomes one mapped task group. LAUNCH phase.

Airflow cannot map inside a mapped group, so a body ends where a nested foreach begins and goes on, in a segment of its
own, where that foreach is joined. All segments at one place of the nesting map over the same list, so `map_index` means
the same split path in all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from airflow_provider_flows.graph.flow_graph import FlowGraph


@dataclass(frozen=True)
class Segment:
    """Steps of one place (`nest`, the foreaches around them) that run in one mapped group; `level` counts upwards."""

    nest: tuple[str, ...]
    level: int
    steps: tuple[str, ...]


def cut(graph: FlowGraph) -> list[Segment]:
    """Return the segments of a flow, in topological order; steps outside of foreaches have none."""
    levels: dict[str, int] = {}
    members: dict[tuple[tuple[str, ...], int], list[str]] = {}
    for step in graph.topological:
        nest = graph[step].foreach_nest
        levels[step] = max((_arriving(graph, parent, step, levels) for parent in graph[step].in_funcs), default=0)
        if nest:
            members.setdefault((nest, levels[step]), []).append(step)
    return [Segment(nest, level, tuple(steps)) for (nest, level), steps in members.items()]


def _arriving(graph: FlowGraph, parent: str, step: str, levels: dict[str, int]) -> int:
    """Return the level at which `step` may start, as far as one parent is concerned."""
    depth, parent_depth = len(graph[step].foreach_nest), len(graph[parent].foreach_nest)
    if parent_depth > depth:
        closed = graph[step].closes
        assert closed is not None, "only a join leaves a foreach"
        return levels[closed] + 1
    return levels[parent] if parent_depth == depth else 0
