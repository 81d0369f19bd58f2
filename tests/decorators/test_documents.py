"""The examples of docs/decorators.md work, and its lists are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.context import _FIELDS, SystemContext

from tests.support.runner import run_flow, write_flow

PAGE = (Path(__file__).parents[2] / "docs" / "decorators.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
FLOWS = [block for block in BLOCKS if "(FlowSpec)" in block]


@pytest.mark.parametrize("block", FLOWS, ids=lambda block: re.findall(r"class (\w+)\(FlowSpec\)", block)[0])
def test_flows_compile_and_run(block: str, tmp_path: Path) -> None:
    assert compile_flow(CompileOptions(write_flow(tmp_path, block))).text
    assert run_flow(tmp_path, block).failed is None


@pytest.mark.parametrize("block", [block for block in BLOCKS if block not in FLOWS])
def test_other_examples_can_be_imported(block: str) -> None:
    exec(compile(block, "docs/decorators.md", "exec"), {"__name__": "example"})


def test_all_fields_of_the_context_are_listed() -> None:
    (line,) = [line for line in PAGE.splitlines() if line.startswith("`phase is_launch")]
    properties = {name for name in vars(SystemContext) if name.startswith("is_")}
    assert set(line.strip("`").split()) == _FIELDS | properties
