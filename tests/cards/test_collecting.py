"""Laws of `current.card`: whose components are whose, and that no mistake fails a step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.cards import BlankCard, Markdown, MetaflowCard, ProgressBar
from airflow_provider_flows.cards.collecting import CardCollector
from airflow_provider_flows.cards.spec import CardSpec

from tests.cards.reading import card, page, run_step


def collector(*given: dict[str, Any]) -> CardCollector:
    specs = [
        CardSpec(**{"number": number, "type": "blank", "cls": BlankCard, **one}) for number, one in enumerate(given)
    ]
    return CardCollector(specs)


def sizes(made: CardCollector) -> list[int]:
    return [len(each) for each in made.cards]


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        ([{}], 0),
        ([{"id": "a"}], 0),
        ([{"id": "a"}, {}], 1),
        ([{"id": "a"}, {"id": "b", "customize": True}], 1),
        ([{}, {"id": "b", "customize": True}], 1),
        ([{}, {"is_added": True}], 0),
        ([{"cls": MetaflowCard}, {"id": "x"}], 1),
        ([{"id": "a"}, {"id": "b"}], None),
        ([{}, {}], None),
        ([{"cls": MetaflowCard}], None),
    ],
)
def test_a_component_without_a_card_goes_to_the_one_that_can_be_meant(
    given: list[dict[str, Any]], chosen: int | None
) -> None:
    made = collector(*given)
    made.append(Markdown("x"))
    assert sizes(made) == [int(number == chosen) for number in range(len(given))]
    assert bool(made.cards[0].warnings) == (chosen is None)


def test_components_are_found_by_id_changed_and_replaced() -> None:
    made = collector({})
    bar = ProgressBar(max=3)
    made.append(bar, id="bar")
    made.extend([Markdown("a"), Markdown("b")])
    made.components["bar"].update(2)
    assert bar.render()["value"] == 2 and made.components["bar"] is bar and "bar" in made.components
    assert len(made) == len(list(made)) == 3
    other = ProgressBar()
    made.components["bar"] = other
    assert next(iter(made)) is other and len(made) == 3
    made.clear()
    assert list(made) == [] and made


def test_cards_are_found_by_id_and_by_type() -> None:
    made = collector({"id": "a"}, {"id": "b", "type": "other"})
    made["a"].append(Markdown("x"))
    made["b"] = [Markdown("y"), Markdown("z")]
    assert sizes(made) == [1, 2] and "a" in made and "c" not in made
    assert [each.spec.id for each in made.get("other") if each.spec] == ["b"] and len(made.get()) == 2


def test_mistakes_are_said_once_and_change_nothing(caplog: pytest.LogCaptureFixture) -> None:
    made = collector({"id": "a"})
    for _ in range(2):
        made.append("text")
        made.append(3)
        made.extend("text")
        made.extend(None)
        made["nope"].append(Markdown("x"))
        made["nope"].refresh()
        made.components["nope"].update(3, x=4)
    assert sizes(made) == [0] and len(caplog.records) == len(set(caplog.messages))
    for words in (
        "current.card: str is not a component and was left out; wrap a text in Markdown(…).",
        "current.card: int is not a component",
        "extend takes a list of components, not str",
        "no card of the step has the id 'nope'; write @card(id='nope')",
        "there is no component with the id 'nope'",
    ):
        assert sum(words in message for message in caplog.messages) == 1, words


def test_a_card_that_takes_no_components_says_so_and_can_be_refreshed() -> None:
    shown: list[Any] = []
    spec = CardSpec(0, "still", MetaflowCard, id="a")
    made = CardCollector([spec], lambda card, data, force: shown.append((card.spec, data, force)))
    made.append(Markdown("x"))
    made["a"].append(Markdown("x"))
    made.refresh({"a": 1}, force=True)
    assert sizes(made) == [0] and shown == [(spec, {"a": 1}, True)]
    assert made.cards[0].warnings == [
        "the step's cards take no components",
        "the card 'a' of type 'still' takes no components",
    ]


def test_a_mistake_is_shown_in_the_card(tmp_path: Path) -> None:
    run = run_step(tmp_path, "current.card.append('text')")
    assert run.failed is None
    assert page(card(run))["warnings"] == ["str is not a component and was left out; wrap a text in Markdown(…)"]


def test_a_step_without_a_card_has_no_current_card(tmp_path: Path) -> None:
    run = run_step(tmp_path, "self.has = 'card' in current", start="")
    assert run("end", "has") is False
