"""Invariants of commands on a terminal: what comes from a store or a flow is shown there, and moves nothing."""

from __future__ import annotations

import pytest

from tests.cli.laptop import Laptop, LocalRun
from tests.flow.sources import flow

CLEAR, TITLE, COLOUR = r"\x1b[2J", r"\x1b]0;mine\x07", r"\x1b[31m"
SHOWN_CLEAR, SHOWN_TITLE = "^[[2J", "^[]0;mine^G"
BODY = f"""
@environment(vars={{"CLEAR": "{CLEAR}"}})
@step
def start(self):
    self.text = Loud()
    print("{CLEAR}{COLOUR}red"); print("{TITLE}", file=sys.stderr); print("1 %\\r100 %")
    self.next(self.end)
@retry(times=0)
@step
def end(self):
    self.value = 1
    raise ValueError("{CLEAR}")
"""
LOUD = f"""
import sys
class Loud:
    def __str__(self): return "two\\n{TITLE}lines"
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> LocalRun:
    laptop = Laptop(tmp_path_factory.mktemp("terminal"))
    return laptop.write(flow(BODY, before=LOUD)).run("--tag", "a\x1b[2Jtag", code=1)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("logs", "RUN/start"), [f"{SHOWN_CLEAR}\x1b[31mred\x1b[0m\n", "1 %\r100 %\n", f"{SHOWN_TITLE}\n"]),
        (("logs", "RUN/end"), [f"ValueError: {SHOWN_CLEAR}"]),
        (("dump", "RUN/start"), [f"= two\n{SHOWN_TITLE}lines\n"]),
        (("tag", "list", "RUN"), [f"  a{SHOWN_CLEAR}tag\n"]),
        (("show",), ["@environment"]),
        (("logs", "\x1b[2J/start"), ["has no run"]),
        (("dump", "RUN/start", "--file", "\x1b[2J/x"), [f"--file {SHOWN_CLEAR}"]),
        (("run", "--\x1b[2J"), ["No such option"]),
        (("resume", "--origin-run-id", "RUN"), [f"ValueError: {SHOWN_CLEAR}"]),
        (("step", "end", "--run-id", "RUN"), [f"ValueError: {SHOWN_CLEAR}"]),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_control_characters_are_shown_as_text(run: LocalRun, arguments: tuple[str, ...], shown: list[str]) -> None:
    said = run.laptop.shows(*(word.replace("RUN", run.id) for word in arguments))
    assert "\x1b[2J" not in said and "\x1b]" not in said and "\x07" not in said
    for text in shown:
        assert text in said


def test_timestamps_stay_where_a_line_goes_back_to_its_beginning(run: LocalRun) -> None:
    last = run.laptop.shows("logs", f"{run.id}/start", "--stdout", "--timestamps").split("\n")[-2]
    before, after = last.split("\r")
    assert before.removesuffix("1 %") == after.removesuffix("100 %") != ""


def test_what_is_no_terminal_gets_every_byte(run: LocalRun) -> None:
    out = run.laptop("logs", f"{run.id}/start").out  # which was read as text, so that \r came as \n
    assert out == "\x1b[2J\x1b[31mred\n1 %\n100 %\n\x1b]0;mine\x07\n"
