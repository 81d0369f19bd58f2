"""The table of `flows-compile --explain`: what each step becomes on Airflow. LAUNCH phase, in `flows-compile`."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from airflow_provider_flows.compiler.airflow_text import airflow_text
from airflow_provider_flows.compiler.dag_plan import DagPlan, GroupPlan, TaskPlan
from airflow_provider_flows.compiler.quoting import shown, width
from airflow_provider_flows.graph.flow_graph import FlowGraph

COLUMNS = ("step", "type", "Airflow task", "group", "mapped over", "trigger rule", "retries", "timeout")


def explain(plan: DagPlan, graph: FlowGraph, terminal: bool | None = None) -> str:
    """Return the table of a plan: drawn for a terminal if stdout is one, else plain text with aligned columns."""
    rows = list(explained(plan, graph))
    if sys.stdout.isatty() if terminal is None else terminal:
        return _drawn(rows, plan)
    return aligned([COLUMNS, *rows])


def explained(plan: DagPlan, graph: FlowGraph) -> Iterator[tuple[str, ...]]:
    """Return a row for each task, in the order in which they are defined."""
    for block in plan.blocks:
        if isinstance(block, GroupPlan):
            for task in block.tasks:
                yield _row(task, graph, block.group_id, block.over)
        else:
            yield _row(block, graph)


def aligned(rows: list[tuple[str, ...]]) -> str:
    """Return rows as lines whose columns are two blanks apart."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell + " " * (room - width(cell)) for cell, room in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, ""])


def _row(task: TaskPlan, graph: FlowGraph, group: str = "", over: str = "") -> tuple[str, ...]:
    arguments = dict(task.arguments)
    kind = graph[task.step].type if task.task_id == task.step else "fan-out"
    cells = (
        task.step,
        kind,
        task.task_id,
        group,
        over,
        arguments.get("trigger_rule", "all_success"),
        arguments.get("retries", 0),
        _duration(arguments.get("execution_timeout")),
    )
    return tuple(shown(airflow_text(str(cell))) for cell in cells)


def _duration(value: Any) -> str:
    return f"{value.total_seconds():g} s" if isinstance(value, timedelta) else ""


def _drawn(rows: list[tuple[str, ...]], plan: DagPlan) -> str:
    # Rich takes a while to import, and only terminals have use for it.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(f"{plan.flow.name} as the DAG {plan.dag_id}"))
    for column in COLUMNS:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console(file=io.StringIO(), force_terminal=True, width=shutil.get_terminal_size().columns)
    with console.capture() as capture:
        console.print(table)
    return capture.get()
