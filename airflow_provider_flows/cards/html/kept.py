"""A card that was kept, as HTML. Any process that shows cards."""

from __future__ import annotations

import json

from airflow_provider_flows.cards.html.page import page_html
from airflow_provider_flows.errors import ObjectDamaged
from airflow_provider_flows.store import CardRecord
from airflow_provider_flows.store.card import HTML


def card_html(record: CardRecord) -> str:
    """Return a card as it is shown: its author's HTML, or the page made of its data."""
    if record.format == HTML:
        return record.content.decode("utf-8", "replace")
    address = record.address
    name = f"{address.flow}/{address.run}/{address.step}/{address.task}"
    try:
        return page_html(json.loads(record.content), name)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ObjectDamaged(
            f"Card {record.number} of {name} does not follow the format of a card: {error!r}"
        ) from error
