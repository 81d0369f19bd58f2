"""The picture of a run on a terminal: its steps as a tree, what they do, and a bar for each foreach. LAUNCH phase."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.reachability import control_class
from airflow_provider_flows.graph.wording import with_loop
from airflow_provider_flows.local.tally import StepTally, Tally
from rich.console import Console
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

_STATES = {
    "running": "yellow",
    "waiting": "yellow",
    "done": "green",
    "caught": "bold yellow",
    "failed": "bold red",
    "retried": "magenta",
    "cloned": "blue",
}
_BAR = 24
_NARROW = 70
"""Columns below which there is no room for bars; the numbers stay."""


class Picture:
    """Draws a tally as rows of text."""

    def __init__(self, tally: Tally, title: str) -> None:
        self._tally, self._title = tally, title
        self._depths = depths(tally.graph)
        self._splits = {node.out_funcs[0]: node.name for node in tally.graph if node.maps}
        self._names = list(tally.steps)
        self._console = Console(file=io.StringIO(), force_terminal=True, highlight=False, markup=False, emoji=False)

    def rows(self, columns: int, height: int, seconds: float) -> list[str]:
        """Return at most half of `height` rows, but three where they fit, each narrower than `columns`."""
        room = max(height // 2, min(3, height - 1), 1)
        names = shown(self._names, self._tally, room - 1)
        hidden = len(self._names) - len(names)
        self._console.size = (max(columns - 1, 1), height)
        with self._console.capture() as captured:
            self._print(self._headline(seconds))
            if names:
                self._print(self._tree(names, bars=columns >= _NARROW))
            if hidden and room > 1:
                self._print(Text(f"… and {hidden} more steps", style="dim"))
        return captured.get().splitlines()

    def _print(self, what: Text | Table) -> None:
        self._console.print(what, no_wrap=True, overflow="ellipsis")

    def _headline(self, seconds: float) -> Text:
        return Text.assemble((clock(seconds), "bold"), f" {self._title}  ", _counts(self._tally.total))

    def _tree(self, names: Sequence[str], bars: bool) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0))
        for _ in range(4 if bars else 3):
            table.add_column(no_wrap=True, overflow="ellipsis")
        for name in names:
            table.add_row(*self._cells(name, bars))
        return table

    def _cells(self, name: str, bars: bool) -> Iterator[Text | ProgressBar | str]:
        step, node = self._tally.steps[name], self._tally.graph[name]
        mark, style = _mark(step)
        indent = ("  " if bars else " ") * self._depths[name]
        yield Text.assemble(indent, (mark, style), " ", (with_loop(node), style if step.over == 0 else ""))
        # Of a foreach whose body begins here; the step that splits is over when the first item starts.
        split = self._tally.steps[self._splits[name]] if name in self._splits else None
        if bars:
            yield ProgressBar(split.items, split.items_done, width=_BAR) if split and split.items else ""
        yield f"{split.items_done}/{split.items}" if split and split.items else ""
        yield _counts(step)


def depths(graph: FlowGraph) -> dict[str, int]:
    """Return how deep each step is nested in splits, foreaches and arms of switches."""
    switches: dict[str, int] = {}
    for node in graph:
        origin = control_class(graph, node.name)
        arms = [switches[parent] + graph[parent].branches for parent in graph[origin].in_funcs]
        switches[node.name] = switches[origin] if origin in switches else min(arms, default=0)
    return {node.name: switches[node.name] + len(node.split_parents) - (node.closes is not None) for node in graph}


def shown(names: Sequence[str], tally: Tally, room: int) -> list[str]:
    """Return the steps to show, in their order: all, or those nearest to what runs or has failed, less one for a note.

    The note that some are left out takes a row of the room.
    """
    if len(names) <= room:
        return list(names)
    steps = [tally.steps[name] for name in names]
    active = [index for index, step in enumerate(steps) if step.running or step.failed]
    around = active or [max((index for index, step in enumerate(steps) if step.over), default=0)]
    nearest = sorted(range(len(names)), key=lambda index: min(abs(index - other) for other in around))
    return [names[index] for index in sorted(nearest[: max(room - 1, 0)])]


def clock(seconds: float) -> str:
    """Return `0:05` or `1:02:03`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def _mark(step: StepTally) -> tuple[str, str]:
    if step.failed:
        return "✗", _STATES["failed"]
    if step.running:
        return "●", _STATES["running"]
    if step.caught:
        return "!", _STATES["caught"]
    return ("✓", _STATES["done"]) if step.over else ("·", "dim")


def _counts(step: StepTally) -> Text:
    parts = [(f"{getattr(step, name)} {name}", style) for name, style in _STATES.items() if getattr(step, name)]
    return Text(", ").join(Text(text, style=style) for text, style in parts)
