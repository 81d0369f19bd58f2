"""How the tasks of a run ended, step by step, as text: what `show RUN` shows. LAUNCH phase; read only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from airflow_provider_flows.client import Run
from airflow_provider_flows.client.lineage import RunRecords
from airflow_provider_flows.store import AttemptRecord, Store
from airflow_provider_flows.text import first_lines

_MOST = 20
"""Tasks of one step that are told of one by one; a foreach may have thousands."""
KILLED = "killed or running"


def ended(store: Store, flow: str, run: str, order: Sequence[str]) -> Iterator[str]:
    """Yield lines: how the run went, of each step how many tasks ended how, and why those failed that did.

    `order` are the flow's steps; those that only the run has come last.
    """
    yield f"{flow}/{run}: {Run(f'{flow}/{run}', root=store.root, _namespace_check=False).status}"
    records, steps = RunRecords(store, flow, run), set(store.steps(flow, run))
    names = [name for name in (*order, *sorted(steps.difference(order))) if name in steps]
    for name in names:
        live, killed = records.live(name)[::-1], records.killed(name)
        counts = Counter([record.outcome for record in live] + [KILLED] * len(killed))
        said = ", ".join(f"{counts[how]} {how}" for how in ("ok", "caught", "failed", KILLED) if counts[how])
        yield f"  {name.ljust(max(map(len, names)))}  {said}"
        lines = [*map(_told, filter(lambda record: record.outcome != "ok", live)), *map(_of_dead, killed)]
        yield from first_lines(lines, _MOST, "    … and {} more")


def _told(record: AttemptRecord) -> str:
    return f"    {record.address.task}, attempt {record.attempt}, {record.outcome}: {record.reason}"


def _of_dead(task: str) -> str:
    return f"    {task}, {KILLED}: `logs` shows what it printed"
