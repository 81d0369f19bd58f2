"""Invariants of what a step has printed when its process ends before its time: it is shown, and in the log."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.local.conftest import Finished

Run = Callable[..., Finished]

SAYS = """
    import ctypes, os, signal, subprocess, sys, threading
    from airflow_provider_flows import FlowSpec, step

    def forks():
        pid = os.fork()
        if not pid:
            print("a fork says", end=" this")
            os._exit(0)
        os.waitpid(pid, 0)

    class Says(FlowSpec):
        @step
        def start(self):
            {says}
            {dies}
            self.next(self.end)

        @step
        def end(self):
            pass
"""
ANOTHER = """subprocess.run([sys.executable, "-c", "print('a child says', end=''); import os; os._exit(0)"])"""


def died(flows: Run, says: str, dies: str = "ctypes.string_at(0)") -> tuple[str, str]:
    """Return what is in the log, stdout and stderr, of a step that died; all of it was shown."""
    done = flows(SAYS.format(says=says, dies=dies))
    assert done.code == 1
    task = done.run["start"].task
    shown = re.sub(r"^\S+ \S+ \[.*? \(pid \d+\)\] ", "", done.output, flags=re.MULTILINE)
    assert task.stdout.replace("\r", "\n") in shown  # where Python reads all ends of lines alike
    return task.stdout, task.stderr


@pytest.mark.parametrize(
    "dies",
    ["ctypes.string_at(0)", "os.kill(os.getpid(), signal.SIGKILL)", "os._exit(3)", "os._exit(0)", "os.abort()"],
)
def test_no_way_to_die_loses_a_line_or_the_beginning_of_one(flows: Run, dies: str) -> None:
    says = 'print("a line"); print("one", 2, end=""); print(" three", end=""); print("oops", end="", file=sys.stderr)'
    out, err = died(flows, says, dies)
    assert out == "a line\none 2 three\n"
    assert err.startswith("oops\n")


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ('sys.stdout.write("written")', "written"),
        ('sys.__stdout__.write("written")', "written"),
        ('sys.stdout.writelines(["written ", "in parts"])', "written in parts"),
        ('sys.stdout.buffer.write(b"bytes")', "bytes"),
        ('print("ü", end="")', "ü"),
        ('print("x" * 10_000, end="")', "x" * 10_000),
        ('[print("x", end="") for _ in range(10_000)]', "x" * 10_000),
        ('print("50 %", end="\\r"); print("60 %", end="")', "50 %\r60 %"),
        ('ctypes.CDLL(None).printf(b"%s", b"from C")', "from C"),
        ("forks()", "a fork says this"),
        ('print("twice? ", end=""); forks(); print("no", end="")', "twice? no\na fork says this"),
        (ANOTHER, "a child says"),
        (
            'thread = threading.Thread(target=print, args=("in a thread",)); thread.start(); thread.join()',
            "in a thread",
        ),
    ],
)
def test_however_it_was_printed(flows: Run, says: str, said: str) -> None:
    assert died(flows, says)[0] == f"{said}\n"


def test_lines_of_threads_and_of_forks_stay_whole(flows: Run) -> None:
    body = """
            def talks(name):
                for each in range(500):
                    print(name, "says" * 200, each)
            if not (pid := os.fork()):
                talks("fork")
                os._exit(0)
            threads = [threading.Thread(target=talks, args=(name,)) for name in "ab"]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            os.waitpid(pid, 0)
    """
    out, _ = died(flows, body.strip())
    assert sorted(out.splitlines()) == sorted(
        f"{name} {'says' * 200} {each}" for name in ("fork", "a", "b") for each in range(500)
    )


def test_what_a_step_starts_prints_as_the_user_has_it(flows: Run) -> None:
    shown = """print(subprocess.run([sys.executable, "-c", "import sys; print(sys.stdout.write_through)"],
                             capture_output=True, text=True).stdout.strip())"""
    assert died(flows, shown)[0] == "True\n"
    assert flows(SAYS.format(says=shown, dies=""), env={"PYTHONUNBUFFERED": ""}).run["start"].task.stdout == "False\n"
