"""The samples of docs/ci.md do what the page says, in a repository as it describes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.support import compile_
from tests.flow.sources import two_steps

PAGE = Path(__file__).parents[2] / "docs" / "ci.md"
HOOK, WORKFLOW = map(
    yaml.safe_load, re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
)


def hook() -> dict[str, Any]:
    ((found,),) = [repo["hooks"] for repo in HOOK["repos"]]
    return found


def commands() -> list[str]:
    steps = [step.get("run", "") for step in WORKFLOW["jobs"]["check"]["steps"]]
    return [hook()["entry"], *(run for run in steps if run.startswith("flows-compile"))]


@pytest.mark.parametrize("command", commands(), ids=["pre-commit", "GitHub Actions"])
def test_the_command_finds_a_flow_that_was_changed_and_not_compiled(tmp_path: Path, command: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "flows-compile"
    for folder in ("flows", "dags"):
        (tmp_path / folder).mkdir()
    flow = tmp_path / "flows/my_flow.py"
    flow.write_text(two_steps("import helper"))
    helper = tmp_path / "flows/helper.py"
    helper.write_text("X = 1")
    without = [argument for argument in arguments if argument != "--check"]
    for change in ("X = 1", "X = 2"):
        helper.write_text(change)
        assert compile_(*arguments, cwd=tmp_path).returncode == 1
        assert compile_(*without, cwd=tmp_path).returncode == 0
        assert compile_(*arguments, cwd=tmp_path).returncode == 0


def test_the_hook_runs_for_flows_their_helpers_and_dags() -> None:
    assert not hook()["pass_filenames"]
    assert all(re.search(hook()["files"], name) for name in ("flows/a.py", "flows/lib/b.sql", "dags/a.py"))
