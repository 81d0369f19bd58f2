"""Which item a mapped Airflow task has: map indices to split paths, and back. TASK phase, read only.

Inside one foreach they are the same number. Deeper, they are so by the order of the fan-out's list, in which all groups
of one nest are mapped: the splits of the tasks of the foreach, one after the other.
"""

from __future__ import annotations

from itertools import takewhile
from typing import Callable, Iterable

from airflow_provider_flows.errors import InputsMissing
from airflow_provider_flows.graph.flow_graph import FlowGraph

SplitPath = tuple[int, ...]
"""Which item of each foreach around a task is its own, outermost first."""
NOT_MAPPED = -1
"""Airflow's map index of a task that is not mapped."""


class Placement:
    """The split paths of a run in the order of their map indices.

    `splits` is asked, once for each nest of foreaches that is looked at, into how many items the tasks of its innermost
    foreach split, by their split paths. Raises what it raises: InputsMissing where nobody recorded that.
    """

    def __init__(self, graph: FlowGraph, splits: Callable[[tuple[str, ...]], Iterable[tuple[SplitPath, int]]]) -> None:
        self._graph, self._splits = graph, splits
        self._paths: dict[tuple[str, ...], list[SplitPath]] = {(): [()]}
        self._indices: dict[tuple[str, ...], dict[SplitPath, int]] = {}

    def split_paths(self, foreach_nest: tuple[str, ...]) -> list[SplitPath]:
        """Return all split paths inside a nest of foreaches: the place of each is its map index."""
        if foreach_nest not in self._paths:
            found = [(*path, index) for path, count in self._splits(foreach_nest) for index in range(count)]
            self._paths[foreach_nest] = found
        return self._paths[foreach_nest]

    def split_path(self, step: str, map_index: int) -> SplitPath:
        """Return the split path of the task of `step` at a map index; InputsMissing when there is no such item."""
        nest = self._graph[step].foreach_nest
        if not nest:
            return ()
        if len(nest) == 1:
            return (map_index,)  # what every task of the foreach asks, so without reading anything
        paths = self.split_paths(nest)
        if map_index >= len(paths):
            raise InputsMissing(f"map index {map_index} is beyond the {len(paths)} splits of {nest[-1]!r}.")
        return paths[map_index]

    def map_index(self, step: str, path: SplitPath) -> int:
        """Return the map index of the task of `step` at a split path, NOT_MAPPED outside of foreaches."""
        nest = self._graph[step].foreach_nest
        if not nest:
            return NOT_MAPPED
        if nest not in self._indices:
            self._indices[nest] = {each: index for index, each in enumerate(self.split_paths(nest))}
        return self._indices[nest][path]

    def with_the_items_of(self, step: str, map_index: int, other: str, indices: Iterable[int]) -> set[int]:
        """Return those map indices of step `other` that have the items of a task of `step` in all shared foreaches."""
        nests = zip(self._graph[step].foreach_nest, self._graph[other].foreach_nest)
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], nests)))
        items = self.split_path(step, map_index)[:shared]
        return {index for index in indices if self.split_path(other, index)[:shared] == items}
