"""docs/cards.md says what is true: its examples run, and it names all components and options."""

from __future__ import annotations

import re
from pathlib import Path

from airflow_provider_flows import cards
from airflow_provider_flows.decorators.builtin.card import CardDecorator

from tests.cards.reading import html, run_step
from tests.conftest import ROOT
from tests.support.runner import run_flow

PAGE = (ROOT / "docs" / "cards.md").read_text(encoding="utf-8")
FLOW, READING, COMPONENT, CARD = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_the_flow_runs_and_its_card_shows_what_it_appends(tmp_path: Path) -> None:
    run = run_flow(tmp_path, FLOW, epochs=3)
    shown = html(run)
    for words in ("<h1>Training</h1>", '<progress value="3" max="3">', '"mark": "line"', "0.333", "TrainFlow/run"):
        assert words in shown, words
    namespace = {"get_cards": lambda *_, **__: [type("Found", (), {"get": lambda self: shown})()]}
    exec(READING.partition("\n")[2], namespace)


def test_components_and_cards_of_ones_own_work(tmp_path: Path) -> None:
    before = f"from html import escape\n{COMPONENT}\n{CARD}"
    body = "current.card['m'].append(Money(1234.5))\nself.losses = [1, 2]"
    start = "@card(type='report')\n@card(id='m', type='blank')"
    run = run_step(tmp_path, body, start=start, before=before)
    kept = run.store.read_cards(run.record("start").address, 0)
    assert kept[0].content == b"<h1>F/run/start/start</h1><p>2 epochs</p>" and "1,234.50 €" in kept[1].content.decode()


def test_every_component_and_every_attribute_is_named() -> None:
    shown = set(cards.__all__) - {"DefaultCard", "BlankCard", "ErrorCard", "PageComponent"}
    assert [name for name in shown if not re.search(rf"\b{name}\b", PAGE)] == []
    ignored = {"scope", "rank"}
    assert [name for name in CardDecorator.defaults if name not in ignored and f"`{name}`" not in PAGE] == []
