"""`card list|get|view|server`: the cards that tasks left. LAUNCH phase; read only."""

from __future__ import annotations

import json
import secrets
import sys
import webbrowser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from airflow_provider_flows.cli.common import FlowCommand, common, program
from airflow_provider_flows.cli.files import write_file
from airflow_provider_flows.cli.finding import StepOrTask, find_place, find_run, newest_run, require_step, tasks_of
from airflow_provider_flows.cli.flow import loaded
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.client.cards import Card, cards_of, source_of
from airflow_provider_flows.client.scope import Scope
from airflow_provider_flows.client.task import Task
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.store import Store, open_store

_SHORTEST_HASH = 4


@dataclass(frozen=True)
class Wanted:
    """Which cards are meant: None for any."""

    hash: str | None = None
    type: str | None = None
    id: str | None = None
    follow_resumed: bool = True

    def matches(self, card: Card) -> bool:
        return (
            (self.hash is None or card.hash.startswith(self.hash))
            and self.type in (None, card.type)
            and self.id in (None, card.id)
        )


@dataclass(frozen=True)
class Found:
    """A task's cards, by the names of the task that was asked for."""

    pathspec: str
    cards: list[Card]


def _checked_hash(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value is not None and len(value) < _SHORTEST_HASH:
        raise click.UsageError(f"--hash {value}: give at least its first {_SHORTEST_HASH} digits.", ctx)
    return value


_FILTERS: tuple[click.Option, ...] = (
    click.Option(["--hash"], metavar="HASH", callback=_checked_hash, help="The card whose hash begins so."),
    click.Option(["--type"], metavar="TYPE", help="Cards of this type."),
    click.Option(["--id"], metavar="ID", help="The card with this id."),
    click.Option(
        ["--follow-resumed/--no-follow-resumed"],
        default=True,
        help="Of a task that a resumed run took over, show the cards that its original made. This is the default.",
    ),
)
"""Which cards are meant: the fields of `Wanted`."""


@click.group()
def command() -> None:
    """List and show the cards of tasks."""


@command.command("list", cls=FlowCommand, params=[*_FILTERS])
@click.argument("place", required=False, metavar="[[RUN/]STEP[/TASK]]")
@click.option("--as-json", is_flag=True, help="Write JSON.")
@click.option("--file", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead.")
def list_cards(place: str | None, as_json: bool, file: Path | None, **wanted: Any) -> None:
    """List the cards of a task, a step, or your newest run."""
    found = _find(open_store(common().datastore_root), place, Wanted(**wanted))
    if not any(each.cards for each in found):
        raise UsageError(_none(place, Wanted(**wanted)))
    text = json.dumps(list(map(_as_json, found)), indent=2) if as_json else "\n".join(_table(found))
    if file is None:
        say(text)
        return
    write_file(file, "--file", lambda stream: stream.write(f"{text}\n".encode()))


@command.command(cls=FlowCommand, params=[*_FILTERS])
@click.argument("place", metavar="[RUN/]STEP[/TASK]")
@click.argument("path", required=False, type=click.Path(dir_okay=False, path_type=Path))
def get(place: str, path: Path | None, **wanted: Any) -> None:
    """Write a card as one HTML file that needs nothing else: to PATH, or to stdout."""
    html = _one(place, Wanted(**wanted)).get().encode("utf-8", "replace")
    if path is None:
        sys.stdout.buffer.write(html)
        return
    write_file(path, "PATH", lambda stream: stream.write(html))
    if not common().quiet:
        say(f"The card is in {path}.", err=True)


@command.command(cls=FlowCommand, params=[*_FILTERS])
@click.argument("place", metavar="[RUN/]STEP[/TASK]")
def view(place: str, **wanted: Any) -> None:
    """Open a card in a browser."""
    from airflow_provider_flows.cards.html.files import temporary_page

    page = Path(temporary_page(_one(place, Wanted(**wanted)).get())).as_uri()
    opened = webbrowser.open(page)
    if not common().quiet:
        say(f"{'Opened' if opened else 'Open this in a browser:'} {page}", err=True)


@command.command(cls=FlowCommand)
@click.option("--run-id", metavar="RUN", help="The run. Default: your newest one, whichever that is meanwhile.")
@click.option("--port", type=click.IntRange(0, 65535), default=8324, show_default=True, help="Port; 0 for any.")
@click.option("--poll-interval", type=click.FloatRange(0.2), default=5, show_default=True, help="Seconds.")
@click.option("--max-cards", type=click.IntRange(1), default=30, show_default=True, help="Tasks whose cards are shown.")
def server(run_id: str | None, port: int, poll_interval: float, max_cards: int) -> None:
    """Show the cards of a run in a browser, while it runs.

    The page is served on this machine alone, to those who know its address. Ctrl-C ends it.
    """
    from airflow_provider_flows.cli.card_server import CardSource, serve  # a web server, for this command alone

    store, flow = open_store(common().datastore_root), loaded().flow_class.__name__
    given, ctx = None if run_id is None else find_run(store, flow, run_id), click.get_current_context()

    def run() -> str | None:
        with ctx.scope(cleanup=False):  # the server asks in threads of its own
            return given or newest_run(store, flow)

    source = CardSource(store, flow, run, max_cards)
    serve(source, secrets.token_urlsafe(16), port, poll_interval, lambda url: say(f"The cards are at {url}", err=True))


def _find(store: Store, text: str | None, wanted: Wanted) -> list[Found]:
    """Return the cards of each task of a place."""
    flow = loaded().flow_class.__name__
    return [_of_task(Task._of(Scope(store, None), names), wanted) for names in _tasks(store, flow, text)]


def _tasks(store: Store, flow: str, text: str | None) -> Iterator[tuple[str, ...]]:
    if text is None or "/" not in text:
        run = newest_run(store, flow)
        if run is None:
            raise UsageError(f"You have no run of {flow} in {store.root}: start one with {program().name} run.")
        steps = store.steps(flow, run) if text is None else [text]
        for step in steps:
            require_step(step, store.steps(flow, run), f"Run {run}")
        places = [StepOrTask(flow, run, step) for step in steps]
    else:
        places = [find_place(store, flow, text)]
    for place in places:
        for one in tasks_of(store, place):
            yield one.flow, one.run, one.step, one.task


def _of_task(task: Task, wanted: Wanted) -> Found:
    cards = cards_of(task._scope.store, *source_of(task, wanted.follow_resumed))
    return Found(task.pathspec, [card for card in cards if wanted.matches(card)])


def _one(place: str, wanted: Wanted) -> Card:
    """Return the only card that is meant; UsageError, with the choice, when there are several or none."""
    found = [each for each in _find(open_store(common().datastore_root), place, wanted) if each.cards]
    cards = [card for each in found for card in each.cards]
    if len(cards) == 1:
        return cards[0]
    if not cards:
        raise UsageError(_none(place, wanted))
    choice = "\n".join(_table(found))
    raise UsageError(
        f"{len(cards)} cards are meant by {place}. Say which, with RUN/STEP/TASK, --id or --hash:\n{choice}"
    )


def _none(place: str | None, wanted: Wanted) -> str:
    asked = [f"--{name} {value}" for name in ("hash", "type", "id") if (value := getattr(wanted, name)) is not None]
    where = f"{place} has" if place else "Your newest run has"
    if asked:
        return f"{where} no card with {' '.join(asked)}; `card list` shows those that there are."
    return f"{where} no cards. Write @card above the step, or run it with --with card."


def _table(found: Sequence[Found]) -> Iterator[str]:
    rows = [(each.pathspec, card.type, card.id or "", card.hash, card.state) for each in found for card in each.cards]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _as_json(found: Found) -> dict[str, Any]:
    names = ("id", "hash", "type", "state")
    return {
        "pathspec": found.pathspec,
        "cards": [{name: getattr(card, name) for name in names} for card in found.cards],
    }
