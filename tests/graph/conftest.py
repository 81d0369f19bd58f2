"""Flows written as short texts: each `def` is a step, and « » mark the place where a problem is expected."""

from __future__ import annotations

import importlib.util
import itertools
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.parse import build_graph

_numbers = itertools.count()


def file_text(steps: str) -> str:
    """Return the flow file for the text of its steps."""
    lines: list[str] = []
    for line in steps.strip("\n").split("\n"):
        if re.match(r"(async )?def ", line) and not (lines and lines[-1].startswith("    @step")):
            lines.append("    @step")
        lines.append(f"    {line}")
    return "\n".join(
        ["from airflow_provider_flows import FlowSpec, parallel, step", "", "", "class Flow(FlowSpec):", *lines, ""]
    )


def marked_place(text: str) -> tuple[int, int, int]:
    """Return line, column and end column of what « » enclose."""
    before = text[: text.index("«")]
    column = len(before) - (before.rfind("\n") + 1)
    return before.count("\n") + 1, column, column + text.index("»") - text.index("«") - 1


def unmarked(text: str) -> str:
    return text.replace("«", "").replace("»", "")


@pytest.fixture
def place_in() -> Callable[[str], tuple[int, int, int]]:
    """Return line, column and end column of the mark in the text of a flow's steps."""
    return lambda steps: marked_place(file_text(steps))


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Callable[[str], ModuleType]]:
    """Import the text of a module from a file of its own."""
    names = []

    def _load(text: str) -> ModuleType:
        name = f"flow_{next(_numbers)}"
        names.append(name)
        path = tmp_path / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec and spec.loader
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    yield _load
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def graph_of(load: Callable[[str], ModuleType]) -> Callable[[str], FlowGraph]:
    """Build the graph of a flow from the text of its steps."""
    return lambda steps: build_graph(load(file_text(unmarked(steps))).Flow)
