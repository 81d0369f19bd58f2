"""The flow's picture: its steps in columns, as SVG. Any process that shows cards.

Of a graph of this kind, steps from left to right at their longest distance from the start are what people draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Sequence, Tuple, Union

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 124, 40, 36, 16, 12
_LONGEST_NAME = 16
Item = Union[str, Tuple[str, str, int]]
"""What has a place in a column: a step by its name, or a line from one step to another that passes it."""


@dataclass(frozen=True)
class Box:
    """A step: where its box is, and what is written in it."""

    name: str
    label: str
    kind: str
    doc: str
    x: float
    y: float
    is_here: bool

    @property
    def middle(self) -> float:
        return self.y + _HEIGHT / 2


@dataclass(frozen=True)
class Picture:
    """Boxes and the lines between them, in the units of an SVG of this size."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[str, ...]
    box_width: int = _WIDTH
    box_height: int = _HEIGHT


def picture(dag: Mapping[str, Any]) -> Picture:
    """Return the picture of a flow's steps, given where each leads."""
    steps: dict[str, Any] = {str(name): step for name, step in dag["steps"].items()}
    column_of = _columns(steps)
    edges = [(name, to) for name, step in steps.items() for to in step["next"] if to in steps]
    columns = _in_rows(column_of, edges)
    most = max(map(len, columns), default=1)
    tops: dict[Item, float] = {}
    for column in columns:
        top = _MARGIN + (most - len(column)) * (_HEIGHT + _GAP_Y) / 2
        tops.update({item: top + row * (_HEIGHT + _GAP_Y) for row, item in enumerate(column)})
    boxes = {name: _box(name, step, column_of[name], tops[name], dag.get("here")) for name, step in steps.items()}
    lines = [_line(boxes[one], boxes[to], [tops[item] for item in _between(column_of, one, to)]) for one, to in edges]
    width = 2 * _MARGIN + len(columns) * (_WIDTH + _GAP_X) - _GAP_X
    return Picture(width, 2 * _MARGIN + most * (_HEIGHT + _GAP_Y) - _GAP_Y, tuple(boxes.values()), tuple(lines))


def _columns(steps: Mapping[str, Any]) -> dict[str, int]:
    """Return the column of each step, its longest distance from the start; they come in topological order."""
    column: dict[str, int] = {}
    for name, step in steps.items():
        column.setdefault(name, 0)
        for to in step["next"]:
            if to in steps and to != name:
                column[to] = max(column.get(to, 0), column[name] + 1)
    return column


def _in_rows(column_of: Mapping[str, int], edges: Sequence[tuple[str, str]]) -> list[list[Item]]:
    """Return what each column holds, from the top: steps, and the lines that pass it on their way.

    Each stands near to what leads to it, so that few lines cross.
    """
    columns: list[list[Item]] = [[] for _ in range(max(column_of.values(), default=-1) + 1)]
    before: dict[Item, list[Item]] = {}
    for name, column in column_of.items():
        columns[column].append(name)
    for one, to in edges:
        way = [one, *_between(column_of, one, to), to]
        for place, item in enumerate(way[1:], 1):
            if item != to:
                columns[column_of[one] + place].append(item)
            if item != one:
                before.setdefault(item, []).append(way[place - 1])
    rows: dict[Item, float] = {}
    for column_items in columns:
        column_items.sort(key=lambda item: _mean([rows[each] for each in before.get(item, ())]))
        rows.update({item: row - (len(column_items) - 1) / 2 for row, item in enumerate(column_items)})
    return columns


def _between(column_of: Mapping[str, int], one: str, to: str) -> list[Item]:
    """Return what stands for a line in the columns that it passes."""
    return [(one, to, column) for column in range(column_of[one] + 1, column_of[to])]


def _mean(rows: Sequence[float]) -> float:
    return sum(rows) / len(rows) if rows else 0.0


def _box(name: str, step: Mapping[str, Any], column: int, top: float, here: object) -> Box:
    label = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    x = _MARGIN + column * (_WIDTH + _GAP_X)
    return Box(name, label, _kind(step), str(step.get("doc") or name), x, top, name == here)


def _kind(step: Mapping[str, Any]) -> str:
    kind = str(step.get("type", ""))
    return {
        "split-foreach": "foreach",
        "split-static": "split",
        "split-switch": "switch",
        "split-parallel": "parallel",
    }.get(kind, kind if kind == "join" else "")


def _line(start: Box, end: Box, tops: Sequence[float]) -> str:
    """Return the path from one box to another as SVG writes it; `tops` are those of the places that it passes.

    A step that repeats itself has a loop above.
    """
    if start is end:
        x, y = start.x + _WIDTH / 2, start.y
        return f"M{x + 14} {y} C{x + 22} {y - 14} {x - 22} {y - 14} {x - 14} {y}"
    x, y, bend = start.x + _WIDTH, start.middle, _GAP_X / 2
    path = f"M{x} {y}"
    for middle in (*(top + _HEIGHT / 2 for top in tops), end.middle):
        path += f" C{x + bend} {y} {x + bend} {middle} {x + _GAP_X} {middle}"
        x, y = x + _GAP_X + _WIDTH, middle
        path += f" H{x}" if x < end.x else ""
    return path
