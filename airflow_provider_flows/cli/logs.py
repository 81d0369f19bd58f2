"""`logs`: what a task printed, or all tasks of a step. LAUNCH phase; read only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import click
from airflow_provider_flows.cli.common import FlowCommand, common
from airflow_provider_flows.cli.finding import find_place, tasks_of
from airflow_provider_flows.cli.flow import loaded
from airflow_provider_flows.cli.saying import say, say_line
from airflow_provider_flows.client.origin import read_log
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import Store, open_store
from airflow_provider_flows.store.log_format import STDERR, STDOUT, LogLine


@click.command(cls=FlowCommand)
@click.argument("place", nargs=-1, required=True, metavar="[show] RUN/STEP[/TASK]")
@click.option("--stdout/--no-stdout", default=False, help="Show stdout alone.")
@click.option("--stderr/--no-stderr", default=False, help="Show stderr alone.")
@click.option("--both/--no-both", default=False, help="Show stdout, then stderr. This is the default.")
@click.option("--timestamps/--no-timestamps", default=False, help="Begin each line with the time when it was printed.")
@click.option("--attempt", type=click.IntRange(min=0), help="An attempt, from 0. Default: the newest.")
def command(
    place: tuple[str, ...], stdout: bool, stderr: bool, both: bool, timestamps: bool, attempt: int | None
) -> None:
    """Show what a task printed, or all tasks of a step.

    Lines are written to stdout, of both streams; where they come from, to stderr.
    """
    store = open_store(common().datastore_root)
    found = find_place(store, loaded().flow_class.__name__, _path(place))
    tasks = [(address, number) for address in tasks_of(store, found) for number in _attempts(store, address, attempt)]
    if not tasks:
        raise UsageError(f"No task of {place[-1]} has an attempt{'' if attempt is None else f' {attempt}'}.")
    streams = [name for name, asked in ((STDOUT, stdout), (STDERR, stderr)) if asked or both or not (stdout or stderr)]
    for address, number in tasks:
        _show(address, number, read_log(store, address, number), streams, timestamps)


def _path(words: Sequence[str]) -> str:
    path = words[1:] if words[0] == "show" and len(words) > 1 else words
    if len(path) > 1:
        raise click.UsageError(f"Got unexpected extra argument ({path[1]})")
    return path[0]


def _attempts(store: Store, address: TaskAddress, attempt: int | None) -> list[int]:
    if attempt is None:
        newest = store.newest_log(address)
        return [] if newest is None else [newest]
    return [number for number in store.attempts(address) if number == attempt]


def _show(
    address: TaskAddress, attempt: int, lines: Iterable[LogLine], streams: Iterable[str], timestamps: bool
) -> None:
    kept = list(lines)
    for stream in streams:
        if not common().quiet:
            say(f"{address.run}/{address.step}/{address.task} (attempt {attempt}), {stream}:", err=True)
        for line in kept:
            if line.stream == stream:
                say_line(line.text, f"{_moment(line)} " if timestamps else "")


def _moment(line: LogLine) -> str:
    return datetime.fromtimestamp(line.time).isoformat(" ", timespec="milliseconds")
