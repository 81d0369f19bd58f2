"""The example flows and their compiled DAGs, which are kept side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.compiler.options import CompileOptions

from tests.demo import example_flows

DAGS = Path(__file__).parents[2] / "dags"


@pytest.mark.parametrize("flow", example_flows(), ids=lambda flow: flow.stem)
def test_the_compiled_example_is_what_the_compiler_writes_now(flow: Path) -> None:
    assert (DAGS / flow.name).read_text(encoding="utf-8") == compile_flow(CompileOptions(flow)).text


def test_nothing_but_compiled_examples_lies_in_the_folder() -> None:
    assert {file.name for file in DAGS.glob("*.py")} == {flow.name for flow in example_flows()}
