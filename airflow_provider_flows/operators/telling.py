"""What a task shows in Airflow when its attempt is over: what it stored and how to read it. Worker."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

from airflow_provider_flows.contract import LONGEST_SPLIT_LABEL, SPLIT_LABEL
from airflow_provider_flows.flow.state import Frame
from airflow_provider_flows.operators.airflow_log import log_entry
from airflow_provider_flows.operators.compiled import CompiledFlow
from airflow_provider_flows.operators.rendered import show_rendered
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.task.frames import frames_of
from airflow_provider_flows.text import first_few, size, without_controls, without_password

_LOGGED, _RENDERED = 10, 60
"""Artifacts that are named in the log, and on the page of rendered templates."""
_LONGEST_NAME = 100


def label(context: Any, frames: tuple[Frame, ...], caught: bool = False) -> None:
    """Name the mapped task in Airflow's lists: a value for a constant template, so any text is safe."""
    if frames:
        suffix = " · caught" if caught else ""
        text, room = " / ".join(frame.label for frame in frames), LONGEST_SPLIT_LABEL - len(suffix)
        context[SPLIT_LABEL] = (text if len(text) <= room else f"{text[: room - 1]}…") + suffix


def tell(context: Any, record: AttemptRecord, root: str, flow: CompiledFlow) -> None:
    """Tell of an attempt of `flow` that left `record` in the store at `root`."""
    if record.outcome == "caught":
        label(context, frames_of(record), caught=True)
    log_entry("info", stored(record, root, flow.entry, of_dag=flow.datastore_root is not None))
    show_rendered(rendered(record, root))


def stored(record: AttemptRecord, root: str, flow_file: str, *, of_dag: bool = False) -> str:
    """Return the last entry of the task's log: what was stored where, with types and sizes, and how to read it.

    `flow_file` is the flow's, for commands to type; `of_dag` says that `root` is the DAG's own, not the configured one.
    """
    shown = without_password(root)
    head = f"Stored {record.address.pathspec} (attempt {_attempt(record)}) in {shown}"
    return "\n  ".join([head, _in_one_line(record), *_how_to_read(record, flow_file, shown if of_dag else None)])


def rendered(record: AttemptRecord, root: str) -> dict[str, str]:
    """Return what the page of rendered templates shows.

    The artifacts are one text, because Airflow masks values under keys like `password`.
    """
    return {
        "pathspec": record.address.pathspec,
        "attempt": _attempt(record),
        "datastore": without_password(root),
        "artifacts": "\n".join(_table(record)),
    }


def _attempt(record: AttemptRecord) -> str:
    return f"{record.attempt}, {record.outcome}"


def _in_one_line(record: AttemptRecord) -> str:
    """Return `2 artifacts, 17 B: a int 5 B, b str 12 B`."""
    rows = _rows(record)
    if not rows:
        return "no artifacts"
    head = f"{len(rows)} {'artifact' if len(rows) == 1 else 'artifacts'}, {_total(record)}: "
    return head + first_few([" ".join(row) for row in rows], _LOGGED)


def _how_to_read(record: AttemptRecord, flow_file: str, root: str | None) -> Iterator[str]:
    """Yield what to type, in Python and in a shell; `dump` shows a task's newest attempt, so not one to be retried."""
    address = record.address
    given = "" if root is None else f", root={json.dumps(root, ensure_ascii=False)}"
    option = [] if root is None else ["--datastore-root", root]
    if record.outcome == "failed":
        yield f'Read in Python: Task("{address.pathspec}", attempt={record.attempt}{given}).data'
    else:
        place = f"{address.run}/{address.step}/{address.task}"
        yield f'Read in Python: Task("{address.pathspec}"{given}).data'
        yield f"Or in a shell:  {shlex.join(['flows', flow_file, *option, 'dump', place])}"


def _table(record: AttemptRecord) -> Iterator[str]:
    """Yield one line for each artifact, in columns."""
    rows = _rows(record)
    widths = [max(map(len, column)) for column in zip(*rows[:_RENDERED], strict=True)]
    for row in rows[:_RENDERED]:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    if len(rows) > _RENDERED:
        yield f"… and {len(rows) - _RENDERED} more, {_total(record)} in all"


def _rows(record: AttemptRecord) -> list[tuple[str, str, str]]:
    """Return name, type and size of each artifact."""
    found = sorted((name, ref) for name, ref in record.artifacts.items() if not name.startswith("_"))
    return [(_short(name), _short(ref.type), size(ref.size)) for name, ref in found]


def _total(record: AttemptRecord) -> str:
    return size(sum(ref.size for name, ref in record.artifacts.items() if not name.startswith("_")))


def _short(text: str) -> str:
    shown = without_controls(text)
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[:_LONGEST_NAME]}…"
