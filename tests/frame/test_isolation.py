"""The tests are the same for everybody, whatever his environment, and wherever they are started from."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.conftest import ROOT

FOREIGN = {
    "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
    "FLOWS_USER": "somebody",
    "METAFLOW_PROFILE": "theirs",
    "PYTEST_ADDOPTS": "--no-such-option",
    "PYTHONPATH": "/nowhere",
    "PYTHONWARNINGS": "error",
}
CHILD = "import signal as s; print(s.getsignal(s.SIGINT) != s.SIG_IGN, s.getsignal(s.SIGHUP) != s.SIG_IGN)"
PARENT = f"""
import os, signal, subprocess, sys
from tests.isolation import isolate
isolate()
print(sorted(os.environ.keys() & {set(FOREIGN) | {"EDITOR", "COLUMNS"}!r}), flush=True)
for number in (signal.SIGINT, signal.SIGHUP):
    os.kill(os.getpid(), number)
subprocess.run([sys.executable, "-c", {CHILD!r}], check=True)
os.execv(sys.executable, [sys.executable, "-c", "from tests.isolation import isolate as i; i(); import os, signal; "
    "os.kill(os.getpid(), signal.SIGHUP); print('goes on')"])
"""


def test_make_clears_what_would_change_the_tests() -> None:
    command = ["make", "--no-print-directory", "--eval", "show: ; @env", "show"]
    shown = subprocess.run(command, cwd=ROOT, env={**os.environ, **FOREIGN}, capture_output=True, text=True, timeout=60)
    names = {line.partition("=")[0] for line in shown.stdout.splitlines()}
    assert "PATH" in names and not names & set(FOREIGN), shown


def test_tests_have_nothing_of_the_environment_and_their_programs_hear_signals() -> None:
    ignoring = ("bash", "-c", 'trap "" INT HUP; exec "$0" -c "$1"', sys.executable, PARENT)
    environ = {**os.environ, **FOREIGN, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "", "EDITOR": "vi", "COLUMNS": "9"}
    done = subprocess.run(ignoring, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == ["['PYTEST_ADDOPTS']", "True True", "goes on"], done.stderr
