"""How a run ends early: nothing that it started goes on, whatever it does and whoever ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent, indent
from typing import IO

import pytest

from tests.local.conftest import Finished, environ, start, started

Run = Callable[..., Finished]

STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready'); time.sleep(600)"
SUBPROCESS = "subprocess.Popen(['sh', '-c', 'trap \"\" TERM; echo ready; sleep 600 & wait'])\ntime.sleep(600)"
SLEEPS = "print('ready'); time.sleep(600)"


def two(one: str, other: str = "pass") -> str:
    """Return a flow with two steps that run at once."""
    return f"""
import os, signal, subprocess, sys, time
from airflow_provider_flows import FlowSpec, step

def lives(pid):
    stat = f"/proc/{{pid}}/stat"
    return os.path.exists(stat) and ") Z " not in open(stat).read()

class Two(FlowSpec):
    @step
    def start(self):
        self.next(self.one, self.other)

    @step
    def one(self):
{indent(dedent(one).strip(), "        ")}
        self.next(self.join)

    @step
    def other(self):
{indent(dedent(other).strip(), "        ")}
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass
"""


@contextmanager
def running(folder: Path, source: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """Run a flow until one of its steps has printed `ready`."""
    file = folder / "a_flow.py"
    file.write_text(source)
    with started(file, *arguments, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.rstrip().endswith("ready"):
                break
        yield process, process.stdout


def processes_of(folder: Path) -> list[str]:
    """Return the command lines of the processes whose working directory is `folder`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if (entry / "cwd").resolve() == folder.resolve():
                    found.append((entry / "cmdline").read_text())
            except OSError:
                continue
    return found


def nothing_is_left(folder: Path, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while processes_of(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not processes_of(folder)


@pytest.mark.parametrize("stays", [STUBBORN, SUBPROCESS], ids=["ignores SIGTERM", "has a subprocess"])
def test_nothing_is_left_after_a_failure(flows: Run, tmp_path: Path, stays: str) -> None:
    done = flows(two(stays, "time.sleep(0.5)\nraise ValueError('no')"))
    assert done.code == 1
    assert not processes_of(tmp_path)


def test_running_steps_have_some_seconds_to_end_by_themselves(flows: Run) -> None:
    done = flows(two("time.sleep(2)\nself.whole = True", "raise ValueError('no')"))
    assert done.code == 1
    assert done("one", "whole")


@pytest.mark.parametrize(
    ("number", "stays"),
    [(signal.SIGINT, STUBBORN), (signal.SIGTERM, SUBPROCESS)],
    ids=["SIGINT, ignores SIGTERM", "SIGTERM, has a subprocess"],
)
def test_a_signal_stops_everything_after_some_seconds(tmp_path: Path, number: int, stays: str) -> None:
    with running(tmp_path, two(stays)) as (process, _):
        began = time.monotonic()
        process.send_signal(number)
        assert process.wait(timeout=30) != 0
        assert 5 < time.monotonic() - began < 12
    assert not processes_of(tmp_path)


def test_steps_that_end_in_time_are_recorded(tmp_path: Path) -> None:
    with running(tmp_path, two("print('ready'); time.sleep(1)", "time.sleep(1)")) as (process, output):
        process.send_signal(signal.SIGINT)
        assert output.read().count("Task finished successfully.") == 2
        assert process.wait(timeout=10) != 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_the_second_signal_kills_at_once(tmp_path: Path, number: int) -> None:
    with running(tmp_path, two(STUBBORN)) as (process, _):
        began = time.monotonic()
        process.send_signal(number)
        time.sleep(0.3)
        process.send_signal(number)
        assert process.wait(timeout=30) != 0
        assert time.monotonic() - began < 15
    assert not processes_of(tmp_path)


def test_a_signal_while_a_failed_run_stops_kills_at_once(tmp_path: Path) -> None:
    with running(tmp_path, two(STUBBORN, "time.sleep(0.5)\nraise ValueError('no')")) as (process, output):
        assert any("Workflow failed." in line for line in output)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) != 0
        assert time.monotonic() - began < 3
    assert not processes_of(tmp_path)


def test_an_attempt_that_still_imports_the_flow_is_stopped_like_others(tmp_path: Path) -> None:
    slow = f"import sys, time\nif 'airflow_provider_flows.local.fork_server' in sys.modules:\n    {SLEEPS}\n"
    with running(tmp_path, slow + two("pass")) as (process, _):
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) != 0
        assert time.monotonic() - began < 15
    assert nothing_is_left(tmp_path)


@pytest.mark.parametrize("stays", [STUBBORN, SUBPROCESS], ids=["ignores SIGTERM", "has a subprocess"])
def test_nothing_is_left_when_the_launcher_itself_is_killed(tmp_path: Path, stays: str) -> None:
    with running(tmp_path, two(stays)) as (process, _):
        process.kill()
    assert nothing_is_left(tmp_path)


BACKGROUND = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"


def test_a_background_process_that_keeps_its_output_open_does_not_hold_the_run_up(flows: Run, tmp_path: Path) -> None:
    began = time.monotonic()
    done = flows(two(BACKGROUND))
    assert done.code == 0, done.output
    assert time.monotonic() - began < 10
    assert not processes_of(tmp_path)


def test_what_a_background_process_prints_right_after_its_step_is_shown(flows: Run) -> None:
    done = flows(two("subprocess.Popen(['sh', '-c', 'sleep 0.2; echo -n late'])"))
    assert done.output.count("] late\n") == 1


def test_a_background_process_lives_as_long_as_the_run(flows: Run) -> None:
    body = f"self.pid = {BACKGROUND}.pid"
    done = flows(two(body).replace("(self, inputs):", "(self, inputs):\n        assert lives(inputs.one.pid)"))
    assert done.code == 0, done.output


def test_what_a_failed_attempt_left_behind_does_not_meet_the_next_one(flows: Run) -> None:
    body = f"""
    if os.path.exists("pid"):
        time.sleep(0.2)
        assert not lives(open("pid").read())
    else:
        open("pid", "w").write(str({BACKGROUND}.pid))
        raise ValueError("no")
    """
    assert flows(two(body), "--with", "retry:times=1").code == 0


def test_a_line_may_be_very_long(flows: Run) -> None:
    done = flows(two("print('x' * (5 << 20))"))
    assert done.code == 0
    assert done.output.count("x") >= 5 << 20


def test_the_runtime_finished_hook_is_told_why_a_run_ended(tmp_path: Path) -> None:
    deco = """
from airflow_provider_flows.decorators.attach import step_decorator
from airflow_provider_flows.decorators.base import StepDecorator

class Note(StepDecorator):
    name = "note"

    def runtime_finished(self, exception):
        print("finished by", repr(exception))

note = step_decorator(Note)
"""
    noted = two(SLEEPS).replace("    @step\n    def one", "    @note\n    @step\n    def one")
    failing = two("raise ValueError('no')").replace("    @step\n    def one", "    @note\n    @step\n    def one")
    with running(tmp_path, deco + noted) as (process, output):
        process.send_signal(signal.SIGTERM)
        assert "finished by Interrupted('SIGTERM')" in output.read()
    (tmp_path / "a_flow.py").write_text(deco + failing)
    command = start(tmp_path / "a_flow.py")
    said = subprocess.run(command, cwd=tmp_path, env=environ(), capture_output=True, text=True, timeout=60).stdout
    assert "finished by StepFailed(\"Step 'one' failed: task one.\")" in said
