"""Laws of `card list|get|view|server`."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.cli.card_server import CardSource
from airflow_provider_flows.store import open_store

from tests.cli.laptop import FLOWS, Laptop, LocalRun, clean_environ
from tests.flow.sources import flow

SOURCE = flow(
    """
    @card(id="a")
    @card(id="b", type="blank")
    @step
    def start(self):
        current.card["a"].append(Markdown("# Hello"))
        self.items = [1, 2]
        self.next(self.each, foreach="items")
    @card
    @step
    def each(self): self.next(self.join)
    def join(self, inputs): self.next(self.end)
    def end(self): pass
    """,
    before="from airflow_provider_flows.cards import Markdown",
)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> LocalRun:
    return Laptop(tmp_path_factory.mktemp("cards")).write(SOURCE).run()


def test_cards_are_listed_of_a_run_a_step_and_a_task(ran: LocalRun) -> None:
    everything = ran.laptop("card", "list").out.splitlines()
    assert [line.split()[0].partition(ran.id)[2] for line in everything] == [
        "/each/each-0", "/each/each-1", "/start/start", "/start/start",
    ]  # fmt: skip
    step = ran.laptop("card", "list", f"{ran.id}/each", "--as-json")
    assert [each["pathspec"][-6:] for each in json.loads(step.out)] == ["each-0", "each-1"]
    (task,) = json.loads(ran.laptop("card", "list", f"F/{ran.id}/start/start", "--as-json", "--id", "b").out)
    (card,) = task["cards"]
    assert (card["type"], card["id"], card["state"]) == ("blank", "b", "final")
    assert ran.laptop("card", "list", "start", "--hash", card["hash"][:6]).out.count("\n") == 1


def test_one_card_is_written_as_a_file_that_needs_nothing_else(ran: LocalRun) -> None:
    said = ran.laptop("card", "get", "start", "--id", "a")
    assert said.code == 0 and said.out.startswith("<!doctype html>") and "<h1>Hello</h1>" in said.out
    said = ran.laptop("card", "get", f"{ran.id}/start", "card.html", "--type", "default")
    assert (said.code, said.out) == (0, "") and "The card is in card.html." in said.err
    assert "<h1>Hello</h1>" in (ran.laptop.folder / "card.html").read_text()


def test_view_opens_a_file_in_the_browser(ran: LocalRun, tmp_path: Path) -> None:
    said = ran.laptop("card", "view", "start", "--id", "a", BROWSER="cp %s seen.html", TMPDIR=str(tmp_path))
    (page,) = tmp_path.glob("card-*.html")
    assert said.code == 0 and page.as_uri() in said.err and page.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["get", "start"], "2 cards are meant by start. Say which, with RUN/STEP/TASK, --id or --hash"),
        (["get", "each"], "2 cards are meant by each"),
        (["get", "start", "--id", "zz"], "start has no card with --id zz; `card list` shows those that there are."),
        (["get", "end"], "end has no cards. Write @card above the step, or run it with --with card."),
        (["get", "nope"], "has no step 'nope'"),
        (["get", "1/start"], "F has no run '1'"),
        (["get", "start", "--id", "a", "no/where.html"], "PATH no/where.html: there is no folder"),
        (["list", "--hash", "12"], "--hash 12: give at least its first 4 digits"),
        (["list", "--type", "nope"], "Your newest run has no card with --type nope"),
        (["server", "--run-id", "1"], "F has no run '1'"),
        (["server", "--port", "1", "--run-id"], "requires an argument"),
        (["nope"], "No such command 'nope'"),
    ],
)
def test_what_is_not_there_is_said(ran: LocalRun, arguments: list[str], words: str) -> None:
    assert words in ran.laptop.rejected("card", *arguments)


class Served:
    """A server of cards, and what it answers."""

    def __init__(self, laptop: Laptop, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*FLOWS, "card", "server", "--port", "0", *arguments],
            cwd=laptop.folder,
            env=clean_environ(laptop.folder),
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr
        line = self.process.stderr.readline()
        found = re.fullmatch(r"The cards are at (http://127\.0\.0\.1:\d+/)([\w-]{16,}/)\n", line)
        assert found, line + self.process.stderr.read()
        self.origin, self.token = found[1], found[2]

    def get(self, path: str, **headers: str) -> Any:
        return urllib.request.urlopen(urllib.request.Request(f"{self.origin}{self.token}{path}", headers=headers))

    def status(self, url: str, **headers: str) -> int:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


@pytest.fixture
def served(ran: LocalRun) -> Iterator[Served]:
    made = Served(ran.laptop)
    yield made
    made.process.send_signal(signal.SIGINT)
    made.process.wait(timeout=30)
    assert made.process.stderr
    made.process.stderr.close()


def test_the_server_shows_the_cards_to_those_who_know_its_address(served: Served, ran: LocalRun) -> None:
    with served.get("") as index:
        assert "script-src 'self'" in index.headers["Content-Security-Policy"] and b"page.js" in index.read()
    with served.get("cards.json") as answer:
        listing = json.load(answer)
    assert listing["run"] == ran.id and [card["title"] for card in listing["cards"]][-1] == "start/start"
    path = next(card["path"] for card in listing["cards"] if card["about"].startswith("default · a ·"))
    with served.get(f"card/{path}") as card:
        assert card.headers["Content-Security-Policy"] == "sandbox allow-scripts"
        assert "set-cookie" not in card.headers and b"<h1>Hello</h1>" in card.read()
    with served.get(f"main/{path}") as main:
        assert json.load(main)["main"].lstrip().startswith("<dl")
    whole = f"{served.origin}{served.token}"
    assert served.status(served.origin) == served.status(f"{served.origin}x/cards.json") == 404
    assert served.status(whole, Host="evil.example") == 400
    assert served.status(f"{whole}card/start/start/7/0") == served.status(f"{whole}card/%2e%2e/x/0/0") == 404
    assert {served.status(f"{whole}{name}") for name in ("page.js", "page.css")} == {200}


def test_the_server_reads_final_cards_once_and_no_more_than_it_may(
    ran: LocalRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, reads = open_store(str(ran.laptop.folder / "store")), []
    read = store.read_cards
    monkeypatch.setattr(store, "read_cards", lambda *place: reads.append(place) or read(*place))
    source = CardSource(store, "F", lambda: ran.id, most=2)
    seen = [{card["title"] for card in source.cards()[1]} for _ in range(3)]
    assert len(seen[0]) == 2 and seen[1] == seen[2] == {"each/each-0", "each/each-1"} and len(reads) == 3
    assert CardSource(store, "F", lambda: None, most=2).cards() == (None, [])
