"""What is read of Airflow's task instances: in one place, and as Airflow means it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow_provider_flows.operators.task_instance import task_instance
from airflow_provider_flows.task.placement import NOT_MAPPED

from tests.conftest import ROOT

OPERATORS = ROOT / "airflow_provider_flows/operators"
READER = "task_instance.py"
NAMES = ("ti", "task_instance")
"""What Airflow's context calls the task at hand."""


def instance(**more: Any) -> SimpleNamespace:
    said = {"dag_id": "d", "run_id": "r", "task_id": "fit", "map_index": 3, "try_number": 2, "max_tries": 4}
    return SimpleNamespace(**{**said, **more})


def test_only_what_airflow_says_of_this_task_counts() -> None:
    answer = {"fit": None, "fit_0": "success", "fit_12": "failed", "fit_x": "failed", "fit_1_2": "failed"}
    task = task_instance({"ti": instance(get_task_states=lambda *_, **__: {"r": answer})})
    assert task.states_of("fit") == {0: "success", 12: "failed"}
    answer["fit"] = "skipped"
    assert task.states_of("fit")[NOT_MAPPED] == "skipped"


def test_what_an_airflow_does_not_know_is_none() -> None:
    task = task_instance({"ti": instance()})
    assert (task.hostname, task.bundle_version) == (None, None)
    assert task_instance({"ti": instance(bundle_instance=SimpleNamespace(version=7))}).bundle_version == "7"


@pytest.mark.parametrize("file", sorted(OPERATORS.glob("*.py")), ids=lambda file: file.name)
def test_nobody_else_reads_a_task_instance(file: Path) -> None:
    found = list(readings(file.read_text()))
    assert bool(found) == (file.name == READER)


def readings(source: str) -> Iterator[int]:
    """Yield the lines that take a task instance out of a context, or use a variable that is called like one."""
    for node in ast.walk(ast.parse(source)):
        taken = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value in NAMES
        got = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("get", "pop")
            and any(isinstance(each, ast.Constant) and each.value in NAMES for each in node.args)
        )
        used = isinstance(node, ast.Name) and node.id == "ti"
        if taken or got or used:
            yield node.lineno


@pytest.mark.parametrize("line", ['context["ti"]', 'context.get("task_instance")', "ti.map_index"])
def test_a_reading_is_noticed(line: str) -> None:
    assert list(readings(line))
