"""Runs cases of the corpus with `flows FLOW.py run`, each in a process of its own, as a user would."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from airflow_provider_flows.identity import parse_task_id
from airflow_provider_flows.store import open_store

from tests.conformance.corpus import Case, Result, Tasks
from tests.conformance.records import left_by
from tests.conformance.shown import task_name

_EVENT = re.compile(r"\[\d+/(\w+)/(\1[-.\d]*) \(pid \d+\)\] Task (?:fallback )?(is starting|failed|finished)")


def cli_run(case: Case, root: Path) -> Result:
    """Return what `flows FLOW.py run` makes of a case; what a user sees says how often a task started."""
    store, run_id = str(root / "store"), root / f"{case.path_name}.run"
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("METAFLOW", "FLOWS", "AIRFLOW"))}
    environ.update(PYTHONPATH=str(Path(__file__).parents[2]), FLOWS_FSYNC="0", FLOWS_USER="tester")
    options = ["--run-id-file", str(run_id), "--datastore-root", store, *case.command_line]
    command = [sys.executable, "-m", "airflow_provider_flows", str(case.file), "run", *options]
    ended = subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, timeout=120)
    assert run_id.exists(), f"{case.name} did not start:\n{ended.stdout}{ended.stderr}"
    tasks: Tasks = json.loads(json.dumps(left_by(open_store(store), case.class_name, run_id.read_text())))
    return _result(ended.returncode == 0, tasks, ended.stdout)


def _result(succeeded: bool, tasks: Tasks, output: str) -> Result:
    """Add the tasks of which only the output tells, because each of their attempts was killed."""
    attempts: Counter[str] = Counter()
    for step, task, event in _EVENT.findall(output):
        path, iteration = parse_task_id(task, step)
        name = task_name(step, list(path), iteration)
        attempts[name] += event == "is starting"
        if event == "failed" and name not in tasks:
            tasks[name] = {"outcome": "failed", "next": None, "frames": [], "artifacts": {}}
    return Result(succeeded, tasks, {name: count for name, count in attempts.items() if count > 1})
