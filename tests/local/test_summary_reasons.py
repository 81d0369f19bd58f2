"""Invariants of a run whose step could not even begin: its summary says why, and so does the attempt's record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.local.conftest import Finished

Run = Callable[..., Finished]

FLOW = """
    import os, sys
    from metaflow import FlowSpec, IncludeFile, step
    {imported}

    class Begins(FlowSpec):
        {given}

        @step
        def start(self):
            self.next(self.end)

        @step
        def end(self):
            pass
"""
FILE = "text = IncludeFile('text', default='a.txt')"
ONLY_IN_ATTEMPTS = "if 'airflow_provider_flows.local.fork_server' in sys.modules: "


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"given": FILE, "imported": f"{ONLY_IN_ATTEMPTS}open('a.txt', 'wb').write(bytes([255]))"}, "'utf-8' codec"),
        ({"given": FILE, "imported": f"{ONLY_IN_ATTEMPTS}os.remove('a.txt')"}, "could not be read: No such file"),
        ({"given": "text = IncludeFile('text', default='a_flow.py', parser=int)"}, "its parser failed on"),
        ({"imported": f"{ONLY_IN_ATTEMPTS}import no_such_module"}, "No module named 'no_such_module'"),
        ({"imported": f"{ONLY_IN_ATTEMPTS}sys.exit('not today')"}, "SystemExit: not today"),
    ],
)
def test_the_summary_and_the_record_say_the_reason(
    flows: Run, tmp_path: Path, parts: dict[str, str], reason: str
) -> None:
    (tmp_path / "a.txt").write_text("read at first")
    done = flows(FLOW.format(**{"imported": "", "given": "", **parts}))
    assert done.code == 1
    summary = done.output.partition("Step 'start' failed: ")[2].splitlines()[0]
    assert reason in summary and "exit code" not in summary
    assert reason in done.run["start"].task.exception.exception
