"""The page of `card server`: the cards of a run, as they come. LAUNCH phase; read only, on this machine alone.

Each card is a document of its own in a sandbox: its scripts can reach neither the page around it nor other cards.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import uvicorn
from airflow_provider_flows.cards.html.kept import card_html, card_main
from airflow_provider_flows.cards.plain import to_json
from airflow_provider_flows.errors import StoreError, UsageError, reason_of
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import CardRecord, Store
from airflow_provider_flows.store.card import FINAL, HTML
from airflow_provider_flows.store.digest import blake3
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route

_FOLDER = Path(__file__).parent / "card_page"
_OWN_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'"
)
_CARD_POLICY = "sandbox allow-scripts"
_LISTENS = (
    b"\n<script>addEventListener('message',function(e){if(e.source===parent&&'data' in e.data&&"
    b"window.metaflow_card_update)metaflow_card_update(e.data.data)})</script>\n"
)
"""Hands data to the JavaScript of a card that its author wrote, as Metaflow 2.19 does."""
Place = tuple[TaskAddress, int]
"""A task, and the newest of its attempts that have cards."""


class CardSource:
    """The cards of the run at hand, read from a store: those of `most` tasks each time, each that is final once."""

    def __init__(self, store: Store, flow: str, run: Callable[[], str | None], most: int) -> None:
        self._store, self._flow, self._run, self._most = store, flow, run, most
        self._final: dict[Place, list[dict[str, Any]]] = {}

    def cards(self) -> tuple[str | None, list[dict[str, Any]]]:
        """Return the run's id, and what the page needs of the cards of the tasks that made theirs last."""
        run = self._run()
        if run is None:
            return None, []
        there = list(self._store.cards_of_run(self._flow, run).items())
        others = [one for one in there if one not in self._final][: self._most]
        known = [self._final[one] for one in there if one in self._final]
        found = [*known, *map(self._read, others)]
        newest = sorted((cards for cards in found if cards), key=lambda cards: -max(card["at"] for card in cards))
        return run, [card for cards in newest[: self._most] for card in cards]

    def _read(self, place: Place) -> list[dict[str, Any]]:
        records = self._store.read_cards(*place)
        cards = [_entry(record) for record in records]
        if records and all(record.state == FINAL for record in records):
            self._final[place] = cards
        return cards

    def card(self, step: str, task: str, attempt: int, number: int) -> CardRecord | None:
        """Return one card of the run, None when there is none."""
        run = self._run()
        if run is None:
            return None
        cards = self._store.read_cards(TaskAddress(self._flow, run, step, task), attempt)
        return next((card for card in cards if card.number == number), None)


def application(source: CardSource, token: str, poll_interval: float) -> Starlette:
    """Return the web application; every address begins with the token."""

    def index(request: Request) -> Response:
        return FileResponse(
            _FOLDER / "index.html", media_type="text/html", headers={"Content-Security-Policy": _OWN_POLICY}
        )

    def asset(request: Request) -> Response:
        return FileResponse(_FOLDER / request.url.path.rpartition("/")[2])

    def listing(request: Request) -> Response:
        try:
            run, cards = source.cards()
        except StoreError as error:
            return JSONResponse({"problem": str(error), "poll": poll_interval})
        return JSONResponse({"run": run, "cards": cards, "poll": poll_interval})

    def card(request: Request) -> Response:
        record = _card(source, request)
        html = card_html(record, follows=True).encode("utf-8", "replace")
        return HTMLResponse(
            html + (_LISTENS if record.format == HTML else b""),
            headers={"Content-Security-Policy": _CARD_POLICY, "Cache-Control": "no-store"},
        )

    def main(request: Request) -> Response:
        record = _card(source, request)
        return JSONResponse({"main": card_main(record), "data": record.data})

    one = "/{step}/{task}/{attempt:int}/{number:int}"
    routes = [
        Route("/", index),
        Route("/cards.json", listing),
        Route("/page.js", asset),
        Route("/page.css", asset),
        Route(f"/card{one}", card),
        Route(f"/main{one}", main),
    ]
    return Starlette(
        routes=[Mount(f"/{token}", routes=routes)],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"], www_redirect=False)],
    )


def serve(source: CardSource, token: str, port: int, poll_interval: float, tell: Callable[[str], object]) -> None:
    """Serve the page on the loopback interface until somebody interrupts it; `tell` its address first."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen()
    except OSError as error:
        raise UsageError(f"--port {port}: {reason_of(error)}. Take another one, or 0 for any.") from None
    tell(f"http://127.0.0.1:{listening.getsockname()[1]}/{token}/")
    config = uvicorn.Config(application(source, token, poll_interval), log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


def _card(source: CardSource, request: Request) -> CardRecord:
    given = request.path_params
    try:
        found = source.card(given["step"], given["task"], given["attempt"], given["number"])
    except StoreError as error:
        raise HTTPException(502, str(error)) from error
    if found is None:
        raise HTTPException(404, "There is no such card any more.")
    return found


def _entry(card: CardRecord) -> dict[str, Any]:
    """Return what the page needs of a card to list it, and to see whether it has changed."""
    path = [card.address.step, card.address.task, str(card.attempt), str(card.number)]
    return {
        "path": "/".join(quote(part, safe="") for part in path),
        "title": f"{card.address.step}/{card.address.task}",
        "about": f"{card.type}{f' · {card.id}' if card.id else ''} · attempt {card.attempt}",
        "state": card.state,
        "at": card.created_at,
        "written": card.format == HTML,
        "hash": card.hash,
        "data": blake3(to_json(card.data)).hex()[:16],
    }
