"""The flow's picture: its steps in columns, as SVG. Any process that shows cards.

Of a graph of this kind, steps from left to right at their longest distance from the start are what people draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 124, 40, 36, 16, 12
_LONGEST_NAME = 16


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
    columns = _columns(steps)
    rows = max(map(len, columns), default=1)
    boxes: dict[str, Box] = {}
    for place, column in enumerate(columns):
        top = _MARGIN + (rows - len(column)) * (_HEIGHT + _GAP_Y) / 2
        for row, name in enumerate(column):
            label = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
            x, y = _MARGIN + place * (_WIDTH + _GAP_X), top + row * (_HEIGHT + _GAP_Y)
            step = steps[name]
            boxes[name] = Box(name, label, _kind(step), str(step.get("doc") or name), x, y, name == dag.get("here"))
    lines = [_line(boxes[name], boxes[to]) for name, step in steps.items() for to in step["next"] if to in boxes]
    width = 2 * _MARGIN + len(columns) * (_WIDTH + _GAP_X) - _GAP_X
    return Picture(width, 2 * _MARGIN + rows * (_HEIGHT + _GAP_Y) - _GAP_Y, tuple(boxes.values()), tuple(lines))


def _columns(steps: Mapping[str, Any]) -> list[list[str]]:
    """Return the steps by their longest distance from the start; they come in topological order."""
    distance: dict[str, int] = {}
    for name, step in steps.items():
        distance.setdefault(name, 0)
        for to in step["next"]:
            if to in steps and to != name:
                distance[to] = max(distance.get(to, 0), distance[name] + 1)
    return [
        [name for name in steps if distance[name] == place] for place in range(max(distance.values(), default=-1) + 1)
    ]


def _kind(step: Mapping[str, Any]) -> str:
    kind = str(step.get("type", ""))
    return {
        "split-foreach": "foreach",
        "split-static": "split",
        "split-switch": "switch",
        "split-parallel": "parallel",
    }.get(kind, kind if kind == "join" else "")


def _line(start: Box, end: Box) -> str:
    """Return the path from one box to another, as SVG writes it; a step that repeats itself has a loop above."""
    if start is end:
        x, y = start.x + _WIDTH / 2, start.y
        return f"M{x + 14} {y} C{x + 22} {y - 14} {x - 22} {y - 14} {x - 14} {y}"
    x, bend = start.x + _WIDTH, max((end.x - start.x - _WIDTH) / 2, 12)
    return f"M{x} {start.middle} C{x + bend} {start.middle} {end.x - bend} {end.middle} {end.x} {end.middle}"
