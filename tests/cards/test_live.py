"""Laws of `current.card.refresh`: shown while the step runs, as often as the interval allows, and never lost."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.cards import BlankCard
from airflow_provider_flows.cards.live import LiveCards
from airflow_provider_flows.cards.spec import CardSpec

from tests.cards.reading import card, cards, page, run_step

PATIENCE = 20.0
WAIT = """
import time
from pathlib import Path
def wait_for(name):
    end = time.monotonic() + 20
    while not (found := [*Path(FOLDER).rglob(name)]):
        assert time.monotonic() < end, "nothing was written"
        time.sleep(0.005)
    return found[0]
"""


class Writes:
    """Keeps what is written; `gate` holds a write up, `came` is set when one begins."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.gate, self.came = threading.Event(), threading.Event()
        self.gate.set()

    def __call__(self, spec: CardSpec, components: Any, data: Any) -> None:
        self.came.set()
        assert self.gate.wait(PATIENCE)
        self.done.append(data)

    def until(self, count: int) -> None:
        end = threading.Event()
        for _ in range(2000):
            if len(self.done) >= count:
                return
            end.wait(0.01)
        raise AssertionError(f"{self.done} never became {count}")


def spec(interval: float, number: int = 0) -> CardSpec:
    return CardSpec(number, "blank", BlankCard, refresh_interval=interval)


def test_the_last_refresh_lands_although_a_write_is_under_way() -> None:
    writes = Writes()
    live = LiveCards(writes)
    writes.gate.clear()
    live.show(spec(0), [], "first")
    assert writes.came.wait(PATIENCE)
    for value in range(100):
        live.show(spec(0), [], value)
    writes.gate.set()
    writes.until(2)
    live.stop()
    assert writes.done == ["first", 99]


def test_within_the_interval_one_write_is_made_and_the_last_one_waits_for_the_next() -> None:
    writes = Writes()
    live = LiveCards(writes)
    live.show(spec(0.3), [], "first")
    writes.until(1)
    for value in range(50):
        live.show(spec(0.3), [], value)
    assert writes.done == ["first"]
    writes.until(2)
    live.stop()
    assert writes.done == ["first", 49]


def test_force_does_not_wait_for_the_interval() -> None:
    writes = Writes()
    live = LiveCards(writes)
    live.show(spec(3600), [], 1)
    writes.until(1)
    live.show(spec(3600), [], 2, force=True)
    writes.until(2)
    live.show(spec(3600), [], 3)
    live.stop()
    assert writes.done == [1, 2]


def test_cards_do_not_wait_for_each_other() -> None:
    writes = Writes()
    live = LiveCards(writes)
    live.show(spec(3600), [], "a")
    writes.until(1)
    live.show(spec(3600), [], "a again")
    live.show(spec(3600, number=1), [], "b")
    writes.until(2)
    live.stop()
    assert writes.done == ["a", "b"]


def test_what_fails_is_said_once_and_the_next_one_is_written(caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Event()

    def write(spec: CardSpec, components: Any, data: Any) -> None:
        if data == "last":
            done.set()
            return
        raise ValueError("no room")

    live = LiveCards(write)
    for value in ("a", "b", "last"):
        live.show(spec(0), [], value, force=True)
        done.wait(0.1)
    assert done.wait(PATIENCE)
    live.stop()
    assert caplog.messages == ["The card of type 'blank' could not be shown while the step runs: ValueError: no room."]


def test_a_process_that_the_step_forked_shows_nothing() -> None:
    live = LiveCards(lambda *_: os._exit(9))
    pid = os.fork()
    if not pid:
        live.show(spec(0), [], 1)
        live.stop()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_a_card_can_be_read_while_its_step_runs_and_the_final_one_takes_its_place(tmp_path: Path) -> None:
    body = """
        bar = ProgressBar(max=10)
        current.card.append(bar)
        bar.update(3)
        current.card.refresh()
        wait_for("0.live")
        seen = get_cards(current.task)[0]
        self.state, self.html = seen.state, seen.get()
        bar.update(10)
    """
    before = f"FOLDER = {str(tmp_path)!r}\n{WAIT}\nfrom airflow_provider_flows.client.cards import get_cards"
    run = run_step(tmp_path, body, start="@card(type='blank')", before=before)
    assert run.failed is None
    assert run("end", "state") == "live" and '<progress value="3" max="10">' in run("end", "html")
    assert card(run).state == "final" and page(card(run))["contents"][0]["value"] == 10


def test_the_data_of_a_custom_card_is_shown_as_its_policy_says(tmp_path: Path) -> None:
    before = f"""
FOLDER = {str(tmp_path)!r}
{WAIT}
from airflow_provider_flows.client.cards import get_cards
class Mine(MetaflowCard):
    type, RUNTIME_UPDATABLE, RELOAD_POLICY = "mine", True, "onchange"
    def render(self, task): return f"final {{self.runtime_data['user']}}"
    def render_runtime(self, task, data): return f"made for {{data['user']}}"
    def reload_content_token(self, task, data): return str(data["user"] // 2)
    def refresh(self, task, data): return {{"user": data["user"]}}
"""
    body = """
        self.seen = []
        for number in (2, 3, 4):
            current.card.refresh(number, force=True)
            end = time.monotonic() + 20
            wait_for("0.live")
            while (found := get_cards(current.task)[0]).get_data() != {"user": number}:
                assert time.monotonic() < end, found.get_data()
                time.sleep(0.005)
            self.seen = [*self.seen, found.get()]
    """
    run = run_step(tmp_path, body, start="@card(type='mine', refresh_interval=0)", before=before)
    assert run.failed is None and run("end", "seen") == ["made for 2", "made for 2", "made for 4"]
    assert card(run).content == b"final 4" and card(run).data == 4


def test_a_killed_attempt_leaves_the_card_as_it_was(tmp_path: Path) -> None:
    body = """
        if not current.retry_count:
            current.card.append(Markdown("half way"))
            current.card.refresh()
            wait_for("0.live")
            raise KeyboardInterrupt
    """
    before = f"FOLDER = {str(tmp_path)!r}\n{WAIT}"
    with pytest.raises(KeyboardInterrupt):
        run_step(tmp_path, body, before=before)
    (live,) = tmp_path.rglob("0.live")
    assert b"half way" in live.read_bytes()


def test_a_card_that_cannot_be_shown_meanwhile_is_not_published(tmp_path: Path) -> None:
    before = "class Still(MetaflowCard):\n    type = 'still'\n    def render(self, task): return 'done'"
    run = run_step(tmp_path, "current.card.refresh({'a': 1})", start="@card(type='still')", before=before)
    assert run.failed is None and [each.content for each in cards(run)] == [b"done"]
    assert not [*tmp_path.rglob("*.live")]
