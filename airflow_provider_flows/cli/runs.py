"""`runs`: the flow's runs, newest first, wherever they ran. LAUNCH phase; read only."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields

import click
from airflow_provider_flows.cli.common import FlowCommand, common, program
from airflow_provider_flows.cli.finding import namespace
from airflow_provider_flows.cli.flow import loaded
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.client import Flow, Run
from airflow_provider_flows.client.namespaces import is_visible
from airflow_provider_flows.client.outcome import RunOutcome, outcome_of
from airflow_provider_flows.errors import NewerFormat, ObjectDamaged, SignatureInvalid
from airflow_provider_flows.local.ending import duration
from airflow_provider_flows.store import open_store


@click.command(cls=FlowCommand)
@click.option("--tag", "tags", multiple=True, help="Only runs with this tag.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many of the newest runs.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
def command(tags: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List the flow's runs: state, start, duration, where they ran, tags.

    Your own and those without a user, as on Airflow, newest first; --namespace= lists all of them. System
    tags are not shown.
    """
    flow = loaded().flow_class.__name__
    rows = [_Row.of(run) for run in itertools.islice(_runs(flow, tags), limit)]
    if as_json:
        for row in rows:
            say(json.dumps(asdict(row)))
    elif rows:
        head = tuple(field.name.upper() for field in fields(_Row))
        _print([*([] if common().quiet else [head]), *(row.cells for row in rows)])
    else:
        say(
            f"No run of {flow} can be seen from the namespace {namespace()!r}"
            f"{''.join(f' and has the tag {tag!r}' for tag in tags)}. "
            f"--namespace= lists everybody's; {program().name} run starts one.",
            err=True,
        )


def _runs(flow: str, tags: Sequence[str]) -> Iterator[Run]:
    store = open_store(common().datastore_root)
    if next(store.runs(flow), None) is None:
        return
    for run in Flow(flow, root=store.root, _namespace_check=False).runs(*tags):
        if is_visible(run.tags, namespace()):
            yield run


def _outcome(run: Run) -> RunOutcome:
    """Return how a run went; one whose records cannot be read hides no other."""
    try:
        return outcome_of(run)
    except (ObjectDamaged, SignatureInvalid, NewerFormat) as error:
        say(f"{run.id}: {error}", err=True)
        return RunOutcome("unreadable", None)


@dataclass(frozen=True)
class _Row:
    run: str
    state: str
    started: str | None
    """Local time in ISO format, to the second."""
    duration: float | None
    """Seconds until the last attempt ended."""
    where: str
    tags: list[str]

    @classmethod
    def of(cls, run: Run) -> _Row:
        started, (state, ended) = run.created_at, _outcome(run)
        seconds = None if started is None or ended is None else max(ended - started.timestamp(), 0.0)
        moment = None if started is None else started.isoformat(" ", timespec="seconds")
        return cls(run.id, state, moment, seconds, run._info.where, sorted(run.user_tags))

    @property
    def cells(self) -> tuple[str, ...]:
        spent = "" if self.duration is None else duration(self.duration)
        return self.run, self.state, self.started or "", spent, self.where, ", ".join(self.tags)


def _print(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
