"""A card that was kept, as HTML. Any process that shows cards."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import Iterator

from airflow_provider_flows.cards.html.page import main_html, page_html
from airflow_provider_flows.errors import ObjectDamaged
from airflow_provider_flows.store import CardRecord
from airflow_provider_flows.store.card import HTML


def card_html(record: CardRecord, follows: bool = False) -> str:
    """Return a card as it is shown: its author's HTML, or the page made of its data; see `page_html`."""
    if record.format == HTML:
        return record.content.decode("utf-8", "replace")
    with _named(record) as name:
        return page_html(json.loads(record.content), name, follows)


def card_main(record: CardRecord) -> str | None:
    """Return what is in a card's page, for one that follows; None for a card that its author wrote."""
    if record.format == HTML:
        return None
    with _named(record):
        return main_html(json.loads(record.content))


@contextmanager
def _named(record: CardRecord) -> Iterator[str]:
    """Yield the name of a card's task; ObjectDamaged where the card's data is not what it should be."""
    name = record.address.pathspec
    try:
        yield name
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ObjectDamaged(
            f"Card {record.number} of {name} does not follow the format of a card: {error!r}"
        ) from error
