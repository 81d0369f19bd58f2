"""Laws of `@card`: a card is kept for each attempt, whatever became of its step, and no card harms a step."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from airflow_provider_flows.errors import InvalidFlow
from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.setup.launch import LaunchOptions, launch

from tests.cards.reading import card, cards, html, page, run_step, types
from tests.flow.sources import flow, two_steps
from tests.support.runner import run_flow, write_flow

BROKEN = """
class Broken(MetaflowCard):
    type = "broken"
    def render(self, task): {body}
"""


def test_what_a_step_appends_is_in_its_card(tmp_path: Path) -> None:
    run = run_step(tmp_path, "current.card.append(Markdown('# Hello'))\nself.x = 5")
    kept = card(run)
    assert (kept.type, kept.id, kept.state, kept.number) == ("default", None, "final", 0)
    assert types(kept) == ["facts", "markdown", "section", "section"]
    assert [each["title"] for each in page(kept)["contents"][2:]] == ["Artifacts", "Flow"]
    assert page(kept)["contents"][2]["contents"][0]["data"] == [{"name": "x", "size": 5, "kind": "int", "text": "5"}]


def test_several_cards_are_kept_from_the_top_and_told_apart_by_their_ids(tmp_path: Path) -> None:
    body = "current.card['a'].append(Markdown('A'))\ncurrent.card['b'].append(Markdown('B'))"
    run = run_step(tmp_path, body, start="@card(id='a', type='blank')\n@retry\n@card(id='b', type='blank')")
    assert [(each.id, page(each)["contents"][0]["source"]) for each in cards(run)] == [("a", "A"), ("b", "B")]


def test_a_plain_card_takes_less_than_two_kilobytes(tmp_path: Path) -> None:
    run = run_step(tmp_path, "current.card.append(Markdown('# Hello'))")
    files = list(tmp_path.glob("store/F/runs/run/start/start/0.cards/*"))
    assert [file.name for file in files] == ["0"] and files[0].stat().st_size < 2000
    assert run.failed is None


def test_each_try_has_a_card_of_its_own_and_that_of_a_failed_one_says_why(tmp_path: Path) -> None:
    body = "current.card.append(Markdown(f'try {current.retry_count}'))\nif not current.retry_count: 1 / 0"
    run = run_step(tmp_path, body, start="@card\n@retry(times=1)")
    failed, passed = (card(run, attempt=number) for number in (0, 1))
    assert types(failed)[:3] == ["facts", "error", "markdown"] and "ZeroDivisionError" in failed.content.decode()
    assert "try 0" in failed.content.decode() and "try 1" in passed.content.decode()
    assert [fact.get("status") for fact in page(passed)["contents"][0]["facts"] if fact["name"] == "Status"] == ["ok"]


def test_a_caught_failure_is_in_the_card(tmp_path: Path) -> None:
    run = run_step(tmp_path, "1 / 0", start="@card\n@catch")
    assert page(card(run))["contents"][1]["title"] == "The step failed, and @catch caught it"


def test_a_step_that_exits_leaves_its_card(tmp_path: Path) -> None:
    body = "current.card.append(Markdown('last words'))\nif not current.retry_count: raise SystemExit(1)"
    run = run_step(tmp_path, body, start="@card\n@retry(times=1)")
    assert "last words" in card(run, attempt=0).content.decode()


def test_each_item_of_a_foreach_has_a_card_that_says_which(tmp_path: Path) -> None:
    source = flow(
        """
        def start(self):
            self.words = ["one", "two"]
            self.next(self.each, foreach="words")
        @card
        @step
        def each(self): self.next(self.join)
        def join(self, inputs): self.next(self.end)
        def end(self): pass
        """
    )
    run = run_flow(tmp_path, source)
    items = [page(card(run, "each", index))["contents"][0]["facts"][2] for index in range(2)]
    assert [item["text"] for item in items] == ["word=one (1 of 2)", "word=two (2 of 2)"]


def test_with_card_gives_every_step_one_and_leaves_alone_a_card_of_that_type(tmp_path: Path) -> None:
    run = run_step(tmp_path, "current.card.append(Markdown('mine'))", specs=("card",))
    assert len(cards(run)) == len(cards(run, "end")) == 1 and "mine" in card(run).content.decode()
    again = tmp_path / "again"
    again.mkdir()
    run = run_step(again, "current.card.append(Markdown('mine'))", start="@card(type='blank')", specs=("card",))
    assert [(each.type, "mine" in each.content.decode()) for each in cards(run)] == [
        ("blank", True),
        ("default", False),
    ]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise ValueError('boom')", "ValueError: boom"),
        ("return 5", "render() returned int, not a text"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("return 'x' * (65 << 20)", "it has 68,157,440 bytes, and a card may have 67,108,864"),
        ("return task['gone'].data", "KeyError: 'gone'"),
        ("return task.data.gone", "there is no artifact 'gone'"),
    ],
)
def test_a_card_that_cannot_be_made_says_why_and_the_step_is_not_harmed(tmp_path: Path, body: str, words: str) -> None:
    run = run_step(tmp_path, "self.x = 1", start="@card(type='broken')", before=BROKEN.format(body=body))
    assert run.failed is None and run("end", "x") == 1
    kept = card(run)
    assert (kept.type, kept.state) == ("broken", "failed") and words in html(run).replace("&#39;", "'")


def test_a_card_that_hangs_is_ended_after_its_timeout(tmp_path: Path) -> None:
    body = "\n        while True:\n            try: __import__('time').sleep(9)\n            except Exception: pass"
    before = signal.getsignal(signal.SIGALRM)
    start = "@card(type='broken', timeout=0.2)\n@card\n@timeout(seconds=60)"
    run = run_step(tmp_path, "pass", start=start, before=BROKEN.format(body=body))
    assert run.failed is None and [each.state for each in cards(run)] == ["failed", "final"]
    assert "it took longer than its timeout of 0.2 seconds" in cards(run)[0].content.decode()
    assert signal.getsignal(signal.SIGALRM) is before and signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_an_alarm_that_the_step_left_is_put_back(tmp_path: Path) -> None:
    before = "import signal\nheard = []"
    run = run_step(tmp_path, "signal.signal(14, lambda *_: None)\nsignal.alarm(600)", before=before)
    try:
        assert run.failed is None and signal.getitimer(signal.ITIMER_REAL)[0] > 500
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def test_save_errors_false_keeps_no_card_of_an_error(tmp_path: Path) -> None:
    start = "@card(type='broken', save_errors=False)"
    run = run_step(tmp_path, "pass", start=start, before=BROKEN.format(body="1 / 0"))
    assert run.failed is None and cards(run) == []


def test_a_store_that_takes_no_card_does_not_harm_the_step(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    body = "import os\nos.makedirs(os.path.join(FOLDER, 'store/F/runs/run/start/start/0.cards/0'))"
    run = run_step(tmp_path, body, before=f"FOLDER = {str(tmp_path)!r}")
    assert run.failed is None and "The card of type 'default' was not kept" in caplog.text


def test_a_type_that_is_not_known_is_an_error_at_launch_that_names_those_that_are(tmp_path: Path) -> None:
    file = write_flow(tmp_path, two_steps("pass", start="@card(type='defualt')"))
    with pytest.raises(InvalidFlow) as caught:
        launch(load_flow(file))
    said = str(caught.value)
    assert f"{file}:" in said and "there is no card of type 'defualt'. Did you mean 'default'?" in said
    assert "There are: blank, default, error" in said


def test_a_type_that_only_the_worker_lacks_leaves_a_card_that_says_so(tmp_path: Path) -> None:
    run = run_step(tmp_path, "current.card.append(Markdown('x'))\ncurrent.card.refresh()", start="@card(type='gone')")
    assert run.failed is None and card(run).state == "failed"
    assert "no card of type 'gone' is installed where the step ran" in html(run).replace("&#39;", "'")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("type=3", "type=3 of @card must be the name of a type"),
        ("id=3", "id=3 of @card must be a text"),
        ("options='x'", "options='x' of @card must be a dict"),
        ("timeout='x'", "timeout='x' of @card must be a number of seconds"),
        ("timeout=True", "timeout=True of @card must be a number"),
        ("timeout=0", "timeout and refresh_interval of @card are seconds"),
        ("refresh_interval=-1", "timeout and refresh_interval of @card are seconds"),
        ("save_errors='no'", "save_errors='no' of @card must be True or False"),
        ("tpe='x'", "'card' does not support the attribute 'tpe'. Did you mean 'type'?"),
    ],
)
def test_what_a_card_cannot_be_given_is_said_at_its_line(tmp_path: Path, given: str, words: str) -> None:
    file = write_flow(tmp_path, two_steps("pass", start=f"@card({given})"))
    with pytest.raises(InvalidFlow) as caught:
        launch(load_flow(file))
    assert words in str(caught.value) and f"{file}:7" in str(caught.value)


def test_decorator_strings_carry_attributes(tmp_path: Path) -> None:
    file = write_flow(tmp_path, two_steps("pass"))
    launched = launch(load_flow(file), LaunchOptions(decorators=("card:type=blank,id=x,timeout=3",)))
    (made,) = launched.steps["start"].decorators
    assert (made.attributes["type"], made.attributes["id"], made.attributes["timeout"]) == ("blank", "x", 3)
