"""Plans to emit, text to be afraid of, and the two tools that judge what came out."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from airflow_provider_flows.compiler.dag_plan import DagPlan, EdgePlan, FlowCode, GroupPlan, ParamPlan, TaskPlan
from hypothesis import strategies as st

RUFF = shutil.which("ruff") or str(Path(sys.executable).parent / "ruff")
SOURCES = {"some_flow.py": "print('flow')\n"}

PIECES = (
    *"ab '\"\\\t\n\r\0\f\v{}%#é漢😀\x1b\x85\xa0\xad",
    *("\u202e", "\u200b", "\u2028", "\ufeff", "❤\ufe0f", "\ud800", "\u3000", "\U000e0041", "'''", '"""', "\\N{DASH}"),
    *(
        "{{ 1/0 }}",
        "{% raw %}",
        "'); import os; os.system('x",
        "# noqa\n",
        "# fmt: off\n",
        "# type: ignore",
        " \t",
        "\t ",
    ),
    *("x" * 130, "word " * 40, "\\" * 70, '"' * 5, "\r\n", "\n\n", "README.md"),
)


def hostile(pieces: Iterable[str] = PIECES) -> st.SearchStrategy[str]:
    """Text made of what breaks quoting, formatters, templates and terminals."""
    return st.one_of(st.text(), st.lists(st.sampled_from(list(pieces)), max_size=25).map("".join))


def task(name: str, operator: str = "FlowStepOperator", **arguments: Any) -> TaskPlan:
    return TaskPlan(name, name, operator, name, tuple(arguments.items()))


def edges(*texts: str) -> tuple[EdgePlan, ...]:
    """`"a > b"`, or `"a > b: label"`."""
    found = []
    for text in texts:
        ends, _, label = text.partition(": ")
        upstream, downstream = ends.split(" > ")
        found.append(EdgePlan(upstream, downstream, label or None))
    return tuple(found)


def dag(
    *blocks: TaskPlan | GroupPlan,
    edges: tuple[EdgePlan, ...] = (),
    params: tuple[ParamPlan, ...] = (),
    sources: dict[str, Any] | None = None,
    **arguments: Any,
) -> DagPlan:
    code = FlowCode("SomeFlow", "some_flow.py", "blake3:5b0c", SOURCES if sources is None else sources)
    kwargs = {"schedule": None, "catchup": False, **arguments}
    return DagPlan(code, "SomeFlow", tuple(kwargs.items()), blocks or (task("start"),), edges, params, "0.1.0")


def group(variable: str, over: str, *tasks: TaskPlan, edges: tuple[EdgePlan, ...] = ()) -> GroupPlan:
    return GroupPlan(f"foreach_{variable}", f"foreach_{variable}", over, tasks, edges)


def findings(text: str) -> str:
    """Return what ruff has to say of a file: nothing, if it is one that a careful user would have written."""
    commands = [
        ["check", "--preview", "--select", "AIR,F,E,I,UP,B,W", "--line-length=120"],
        ["format", "--diff", "--line-length=88"],
        ["format", "--diff", "--line-length=120"],
    ]
    judged = [
        subprocess.run(
            [RUFF, *command, "--isolated", "--quiet", "--stdin-filename=dag.py", "-"],
            input=text.encode(),
            capture_output=True,
            cwd=tempfile.gettempdir(),  # not in this project, where ruff would take our package for the user's own
        )
        for command in commands
    ]
    return "".join((run.stdout + run.stderr).decode() for run in judged if run.returncode)
