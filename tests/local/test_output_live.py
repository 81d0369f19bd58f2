"""Invariants of the live view: what a run shows on a terminal, seen through a real one (a pty)."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.parse import build_graph
from airflow_provider_flows.local.picture import Picture, clock, depths, shown
from airflow_provider_flows.local.tally import Tally

from tests.conformance.corpus import FLOWS
from tests.local.conftest import environ, start

DRAWING = re.compile(r"\r(?:\x1b\[\d+A)?\x1b\[J")
SWITCHES = re.compile(r"\x1b\[\?|\x1b[78=>]")
CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass
class Terminal:
    """A command on a terminal of its own, and what it has shown there."""

    process: subprocess.Popen[bytes]
    end: int
    shown: str = ""

    @property
    def text(self) -> str:
        """What was shown, without colours and movements."""
        return CODES.sub("", self.shown).replace("\r\n", "\n")

    @property
    def picture(self) -> str:
        """The last picture, with what stands below it."""
        return CODES.sub("", DRAWING.split(self.shown)[-1]).replace("\r\n", "\n")

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds: float = 60, until: Callable[[str], object] | None = None) -> None:
        """Read until the terminal is closed, the text is there, or the time is up."""
        deadline = time.monotonic() + seconds
        while not (until and until(self.shown)) and time.monotonic() < deadline:
            if not select.select([self.end], [], [], 0.1)[0]:
                continue
            try:
                self.shown += os.read(self.end, 1 << 16).decode("utf-8", "replace")
            except OSError:  # the other end is closed
                return


Run = Callable[..., AbstractContextManager[Terminal]]


@contextmanager
def on_terminal(folder: Path, source: str, *arguments: str, size: tuple[int, int], **env: str) -> Iterator[Terminal]:
    """Run a flow on a terminal: first what the body of the `with` asks for, and then to the flow's end."""
    file = folder / "a_flow.py"
    file.write_text(dedent(source))
    end, other = pty.openpty()
    variables = {**environ(), "NO_COLOR": "", "TERM": "xterm-256color", **env}
    process = subprocess.Popen(start(file, *arguments), cwd=folder, env=variables, stdout=other, stderr=other)
    os.close(other)
    seen = Terminal(process, end)
    seen.resize(*size)
    try:
        yield seen
        seen.read()
        process.wait(timeout=30)
    finally:
        process.kill()
        process.wait(timeout=30)
        os.close(end)


@pytest.fixture
def terminal(tmp_path: Path) -> Run:
    def run(source: str, *arguments: str, size: tuple[int, int] = (100, 30), **env: str) -> Any:
        return on_terminal(tmp_path, source, *arguments, size=size, **env)

    return run


@pytest.fixture(scope="module")
def nested(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A run of NESTED that is over."""
    with on_terminal(tmp_path_factory.mktemp("nested"), NESTED, size=(100, 30)) as seen:
        pass
    return seen


NESTED = """
    import os, sys, time
    from airflow_provider_flows import FlowSpec, Parameter, current, retry, step
    from airflow_provider_flows.decorators.attach import step_decorator
    from airflow_provider_flows.decorators.base import StepDecorator

    class Says(StepDecorator):
        name = "says"

        def runtime_task_created(self, *_):
            print("said by a hook")

    says = step_decorator(Says)

    class Nested(FlowSpec):
        nap = Parameter("nap", default=0.0)
        fails = Parameter("fails", default=False, is_flag=True)

        @step
        def start(self):
            self.items = [1, 2]
            self.next(self.outer, foreach="items")

        @says
        @step
        def outer(self):
            self.more = range(3)
            self.next(self.inner, foreach="more")

        @retry(times=1)
        @step
        def inner(self):
            print("[bold]literally[/bold]", "宽" * 3, "x" * 300, "cut \\x1b[")
            print("no line end", end="")
            time.sleep(self.nap)
            assert not self.fails
            if self.index == 1 and current.retry_count == 0:
                os._exit(3)
            self.next(self.collect)

        @step
        def collect(self, inputs):
            self.next(self.join)

        @step
        def join(self, inputs):
            self.next(self.end)

        @step
        def end(self):
            pass
"""


def test_steps_are_a_tree_with_counts_and_a_bar_for_each_foreach(nested: Terminal) -> None:
    assert nested.process.returncode == 0
    rows = [re.sub(r"[━╸╺]+", "===", row).rstrip() for row in nested.picture.splitlines()]
    headline = next(
        index for index, row in enumerate(rows) if re.search(r"\d:\d\d Nested/\d+  13 done, 2 retried", row)
    )
    tree = rows[headline + 1 :]
    assert [re.split(r"(?<=\S) {2,}", row) for row in tree[:6]] == [
        ["✓ start", "1 done"],
        ["  ✓ outer", "===", "2/2", "2 done"],
        ["    ✓ inner", "===", "6/6", "6 done, 2 retried"],
        ["  ✓ collect", "2 done"],
        ["✓ join", "1 done"],
        ["✓ end", "1 done"],
    ]
    assert "Done! 13 tasks of 6 steps" in tree[6]


CATCHES = """
    from airflow_provider_flows import FlowSpec, catch, step

    class Catches(FlowSpec):
        @step
        def start(self):
            self.items = [0, 1]
            self.next(self.divide, foreach="items")

        @catch(print_exception=False)
        @step
        def divide(self):
            1 / self.input
            self.next(self.join)

        @step
        def join(self, inputs):
            self.next(self.end)

        @step
        def end(self):
            pass
"""


def test_what_was_caught_is_counted_and_marked(terminal: Run) -> None:
    with terminal(CATCHES) as seen:
        pass
    rows = [row.rstrip() for row in seen.picture.splitlines()]
    assert any(re.fullmatch(r"\d:\d\d Catches/\d+  5 done, 1 caught", row) for row in rows), rows
    assert any(re.fullmatch(r"  ! divide +━+ +2/2 +2 done, 1 caught", row) for row in rows), rows


def test_no_line_is_lost_or_changed(nested: Terminal) -> None:
    text = nested.text
    assert text.count(f"[bold]literally[/bold] 宽宽宽 {'x' * 300} cut ^[[\n") == 8
    assert text.count("] no line end\n") == 8
    assert text.count("Task is starting") == 15


def test_what_hooks_print_does_not_disturb_the_picture(nested: Terminal) -> None:
    _, _, after = nested.text.partition("Workflow starting")
    assert re.search(r"[\r\n]said by a hook\n", after)


def test_the_picture_shows_what_runs_while_it_runs(terminal: Run) -> None:
    with terminal(NESTED, "--nap", "1.5") as seen:
        seen.read(until=lambda text: "6 running" in text and "· join" in seen.picture)
        picture = seen.picture
    assert "● inner" in picture and "0/6" in picture and "· join" in picture


@pytest.mark.parametrize("name", ["dumb", ""])
def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines(name: str, terminal: Run) -> None:
    with terminal(NESTED, TERM=name) as seen:
        pass
    assert not CODES.search(seen.shown.replace("\x1b[0m", ""))
    assert "✓" not in seen.shown and "Done!" in seen.shown


def test_quiet_has_no_live_view(terminal: Run) -> None:
    with terminal(NESTED, "--quiet") as seen:
        pass
    assert not DRAWING.search(seen.shown) and "Nested/" not in seen.shown


def test_system_lines_and_the_two_streams_have_colours_of_their_own_unless_nobody_wants_them(terminal: Run) -> None:
    source = """
        import sys
        from airflow_provider_flows import FlowSpec, step

        class Colours(FlowSpec):
            @step
            def start(self):
                print("OUT")
                print("ERR", file=sys.stderr)
    """
    looks = {}
    with terminal(source) as seen:
        pass
    for text in ("Task is starting", "OUT", "ERR"):
        line = next(line for line in seen.shown.splitlines() if text in line)
        looks[text] = tuple(CODES.findall(DRAWING.split(line)[-1].partition(text)[0]))
    assert len(set(looks.values())) == 3
    with terminal(source, NO_COLOR="1") as seen:
        pass
    assert not re.search(r"\x1b\[[0-9;]*3\dm", seen.shown)


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (0, 0)])
def test_any_size_will_do(size: tuple[int, int], terminal: Run) -> None:
    with terminal(NESTED, size=size) as seen:
        pass
    assert seen.process.returncode == 0
    assert "no picture" not in seen.shown
    assert seen.text.count("] no line end\n") == 8


def test_a_terminal_may_be_resized_at_any_time(terminal: Run) -> None:
    with terminal(NESTED, "--nap", "1") as seen:
        for size in [(30, 8), (200, 50), (20, 5), (80, 24), (5, 1)]:
            seen.read(0.4)
            seen.resize(*size)
    assert seen.process.returncode == 0
    assert "no picture" not in seen.shown
    assert seen.text.count("] no line end\n") == 8


def test_a_failure_is_reported_below_the_picture(terminal: Run) -> None:
    with terminal(NESTED, "--fails") as seen:
        pass
    assert seen.process.returncode == 1
    assert "✗ inner" in seen.picture
    below = seen.picture.partition("· end")[2]
    assert re.search(r"Step 'inner' failed: task inner-\d-\d, attempt 2 of 2: AssertionError", below)
    assert " resume --origin-run-id " in below
    assert not SWITCHES.search(seen.shown) and seen.shown.endswith("\n")


def test_the_terminal_is_left_as_it_was(nested: Terminal) -> None:
    """Nothing was switched that would have to be switched back: no mode, no hidden cursor, no other screen."""
    assert not SWITCHES.search(nested.shown) and nested.shown.endswith("\n")


def test_ctrl_c_leaves_a_clean_terminal_and_the_command_to_go_on(terminal: Run) -> None:
    with terminal(NESTED, "--nap", "60") as seen:
        seen.read(until=lambda text: "6 running" in text)
        seen.process.send_signal(signal.SIGINT)
        seen.read(until=lambda text: "Terminating 6 active tasks" in text)
        seen.process.send_signal(signal.SIGINT)  # not to wait until they end by themselves
        seen.read()
    assert seen.process.returncode not in (0, None)
    assert not SWITCHES.search(seen.shown) and seen.shown.endswith("\n")
    assert "Workflow interrupted." in seen.text
    rest = seen.picture.partition("· end")[2]
    assert re.search(r"^ *\n.* Interrupted after 3 tasks of 2 steps in \d+\.\d s\b.*\n  To resume .* resume --", rest)


def graph_of(name: str) -> FlowGraph:
    return build_graph(load_flow(FLOWS / f"{name}.py").flow_class)


def test_steps_in_arms_of_switches_and_in_splits_are_indented() -> None:
    found = depths(graph_of("foreach_in_switch_in_foreach"))
    assert found == {
        **{"start": 0, "a": 1, "many": 2, "body": 3, "body2": 3, "jm": 2, "none": 2, "merge": 1, "ja": 0, "end": 0}
    }


def test_a_long_flow_shows_the_steps_around_those_that_run() -> None:
    tally = Tally(graph_of("words"))
    names = list(tally.steps)
    assert shown(names, tally, 99) == names
    tally.steps[names[10]].running = 1
    assert shown(names, tally, 5) == names[8:12]
    tally.steps[names[0]].failed = 1
    assert {names[0], names[10]} <= set(shown(names, tally, 5))


@pytest.mark.parametrize(("columns", "height"), [(80, 24), (20, 5), (7, 3), (1, 1), (200, 9)])
def test_a_picture_keeps_to_half_of_the_terminal(columns: int, height: int) -> None:
    rows = Picture(Tally(graph_of("words")), "Words/1").rows(columns, height, 3)
    assert len(rows) <= max(height // 2, min(3, height - 1), 1)
    assert all(len(CODES.sub("", row)) < max(columns, 2) for row in rows)


def test_the_clock_counts_hours_when_there_are_some() -> None:
    assert [clock(seconds) for seconds in (0, 65.9, 3723)] == ["0:00", "1:05", "1:02:03"]
