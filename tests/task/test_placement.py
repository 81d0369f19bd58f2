"""Map indices and split paths say the same of a task, in both directions and at any depth."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from airflow_provider_flows.errors import InputsMissing
from airflow_provider_flows.task.placement import NOT_MAPPED, Placement
from hypothesis import given
from hypothesis import strategies as st

NESTS = {"start": (), "outer": ("start",), "inner": ("start", "outer"), "deep": ("start", "outer", "inner")}
counts = st.lists(st.integers(0, 4), max_size=4)


def placement(*splits: Sequence[int]) -> Placement:
    """Return that of a run in which the tasks of each foreach split into so many items, in the order of their paths."""
    paths: list[tuple[int, ...]] = [()]
    found: dict[int, list[tuple[tuple[int, ...], int]]] = {}
    for depth, sizes in enumerate(splits, 1):
        found[depth] = [(path, sizes[place % len(sizes)] if sizes else 0) for place, path in enumerate(paths)]
        paths = [(*path, index) for path, size in found[depth] for index in range(size)]
    graph: Any = {step: SimpleNamespace(foreach_nest=nest) for step, nest in NESTS.items()}
    return Placement(graph, lambda nest: found[len(nest)])


@given(counts, counts, counts)
def test_each_direction_undoes_the_other(first: list[int], second: list[int], third: list[int]) -> None:
    where = placement(first, second, third)
    for step, nest in NESTS.items():
        paths = where.split_paths(nest)
        assert paths == sorted(set(paths)), "items stand in the order in which the flow named them"
        assert [where.split_path(step, index) for index in range(len(paths))] == paths
        expected = list(range(len(paths))) if nest else [NOT_MAPPED]
        assert [where.map_index(step, path) for path in paths] == expected


def test_the_split_path_of_a_single_foreach_needs_nobody_to_be_asked() -> None:
    graph: Any = {"outer": SimpleNamespace(foreach_nest=("start",))}
    assert Placement(graph, lambda nest: pytest.fail("asked")).split_path("outer", 7) == (7,)


def test_an_index_behind_the_last_item_is_an_error_that_names_the_foreach() -> None:
    with pytest.raises(InputsMissing, match="map index 3 is beyond the 3 splits of 'outer'"):
        placement([2], [1, 2]).split_path("inner", 3)


def test_items_of_a_task_are_found_above_and_below_it() -> None:
    where = placement([2], [1, 2], [1])
    assert where.split_paths(NESTS["inner"]) == [(0, 0), (1, 0), (1, 1)]
    assert where.with_the_items_of("inner", 2, "outer", [0, 1]) == {1}
    assert where.with_the_items_of("outer", 1, "inner", [0, 1, 2]) == {1, 2}
    assert where.with_the_items_of("start", NOT_MAPPED, "inner", [0, 2]) == {0, 2}
