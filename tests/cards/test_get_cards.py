"""Laws of `get_cards`: which task's, which attempt's, which cards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from airflow_provider_flows.client import Task, namespace, use_store
from airflow_provider_flows.client.cards import get_cards
from airflow_provider_flows.errors import CardNotPresent, NotFound, ObjectDamaged, SignatureInvalid, UsageError
from airflow_provider_flows.store import open_store

from tests.cards.reading import run_step
from tests.cli.laptop import Laptop
from tests.flow.sources import flow

START = "@card(id='a')\n@card(id='b', type='blank')"


@pytest.fixture(autouse=True)
def everything(tmp_path: Path) -> Iterator[None]:
    before = namespace(None)
    with use_store(str(tmp_path / "store")):
        yield
    namespace(before)


def test_cards_are_found_by_task_id_and_type(tmp_path: Path) -> None:
    run_step(tmp_path, "current.card['b'].append(Markdown('**bold**'))", start=START)
    cards = get_cards("F/run/start/start")
    assert [(card.type, card.id, card.state) for card in cards] == [("default", "a", "final"), ("blank", "b", "final")]
    assert len(cards) == 2 and cards[-1].id == "b" and cards[0].hash != cards[1].hash
    assert all(
        re.fullmatch("[0-9a-f]{32}", card.hash) and (tmp_path / "store") in Path(card.path).parents for card in cards
    )
    assert [card.id for card in get_cards(Task("F/run/start/start"), type="blank")] == ["b"]
    assert [card.id for card in get_cards("F/run/start/start", id="a")] == ["a"]
    assert len(get_cards("F/run/start/start", id="nope")) == 0
    assert "<strong>bold</strong>" in cards[1].get() and cards[1].get_data() is None
    assert 'sandbox="allow-scripts"' in cards._repr_html_()
    with pytest.raises(IndexError):
        cards[7]


def test_a_task_without_cards_says_so(tmp_path: Path) -> None:
    run_step(tmp_path, "pass")
    with pytest.raises(CardNotPresent, match=r"Attempt 0 of F/run/end/end has no cards. Is there an @card"):
        get_cards("F/run/end/end")
    with pytest.raises(NotFound):
        get_cards("F/run/end/nope")
    with pytest.raises(UsageError, match="a Task or its pathspec, not 3"):
        get_cards(3)  # type: ignore[arg-type]


def test_each_attempt_has_its_own(tmp_path: Path) -> None:
    body = "current.card.append(Markdown(f'try {current.retry_count}'))\nif not current.retry_count: 1 / 0"
    run_step(tmp_path, body, start="@card(type='blank')\n@retry")
    assert "try 1" in get_cards("F/run/start/start")[0].get()
    assert "try 0" in get_cards(Task("F/run/start/start", attempt=0))[0].get()


RESUMED = flow(
    """
    @card
    @step
    def start(self):
        current.card.append(Markdown("made once"))
        self.next(self.end)
    @card
    @step
    def end(self):
        import os
        assert os.path.exists("fixed")
    """,
    before="from airflow_provider_flows.cards import Markdown",
)


def test_a_task_that_a_resumed_run_took_over_has_the_cards_of_its_original(laptop: Laptop) -> None:
    laptop.write(RESUMED)
    first = laptop.run(code=1)
    (laptop.folder / "fixed").touch()
    second = laptop.run("resume")
    assert second.cloned == ["start/start"]
    cards = get_cards(second.run["start"].task)
    assert "made once" in cards[0].get() and first.id in cards[0].get()
    assert second.id in get_cards(second.run["end"].task)[0].get()
    with pytest.raises(CardNotPresent):
        get_cards(second.run["start"].task, follow_resumed=False)


def test_a_card_that_is_damaged_or_moved_is_not_shown(tmp_path: Path) -> None:
    run_step(tmp_path, "pass", start=START)
    first, second = (tmp_path / "store/F/runs/run/start/start/0.cards" / name for name in "01")
    second.write_bytes(first.read_bytes())
    with pytest.raises(ObjectDamaged, match=r"0\.cards/1"):
        get_cards("F/run/start/start")
    second.write_bytes(first.read_bytes()[:-1] + b"?")
    with pytest.raises(ObjectDamaged, match="its digest should be"):
        get_cards("F/run/start/start")


def test_a_store_with_a_key_takes_signed_cards_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_step(tmp_path, "pass")
    task = Task("F/run/start/start")
    address, root = task._address, str(tmp_path / "store")
    card = open_store(root).read_cards(address, 0)[0]
    with pytest.raises(SignatureInvalid):
        open_store(root, signing_key="k").read_cards(address, 0)
    open_store(root, signing_key="k").write_card(card)
    assert open_store(root, signing_key="k").read_cards(address, 0) == [card]


def test_a_task_that_runs_elsewhere_and_shows_a_card_is_found(tmp_path: Path) -> None:
    run = run_step(tmp_path, "pass", start="@card(type='blank')")
    elsewhere = replace(run.record("start").address, task="start-0")
    card = run.store.read_cards(run.record("start").address, 0)[0]
    run.store.write_card(replace(card, address=elsewhere, state="live"))
    task = Task("F/run/start/start-0")
    assert [card.state for card in get_cards(task)] == ["live"] and not task.finished and list(task) == []
    assert len(get_cards(Task("F/run/start/start-0", attempt=0))) == 1
