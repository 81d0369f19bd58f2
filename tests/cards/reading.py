"""Runs a flow with cards in this process, and reads what its attempts left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from airflow_provider_flows.cards.html.kept import card_html
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import CardRecord

from tests.flow.sources import two_steps
from tests.support.runner import Run, run_flow

IMPORTS = "from airflow_provider_flows.cards import *"


def run_step(folder: Path, body: str, start: str = "@card", before: str = "", **more: Any) -> Run:
    """Run a flow whose first step has `body`, and these decorators above it."""
    return run_flow(folder, two_steps(body, before=f"{IMPORTS}\n{before}", start=start), **more)


def cards(run: Run, step: str = "start", *path: int, attempt: int | None = None) -> list[CardRecord]:
    """Return the cards of a task's attempt, the newest one by default."""
    address = TaskAddress.of(run.runtime.name, run.runtime.run_id, step, path, None)
    number = run.record(step, *path).attempt if attempt is None else attempt
    return run.store.read_cards(address, number)


def card(run: Run, step: str = "start", *path: int, attempt: int | None = None) -> CardRecord:
    """Return the only card."""
    (found,) = cards(run, step, *path, attempt=attempt)
    return found


def page(record: CardRecord) -> dict[str, Any]:
    """Return a card's page as the data that it is."""
    found: dict[str, Any] = json.loads(record.content)
    return found


def types(record: CardRecord) -> list[str]:
    """Return the types of what stands in a card."""
    return [each["type"] for each in page(record)["contents"]]


def html(run: Run, step: str = "start", *path: int) -> str:
    """Return the only card as HTML."""
    return card_html(card(run, step, *path))
