"""The cluster policy of the documentation finds the place for each step by what `@resources` asks for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.compiler.options import CompileOptions

from tests.conftest import ROOT
from tests.services import clean_environ

FLOW = """
from metaflow import FlowSpec, resources, step

class PolicyFlow(FlowSpec):
    @step
    def start(self):
        self.items = [1, 2]
        self.next(self.large, foreach="items")

    @resources(memory="32000")
    @step
    def large(self):
        self.next(self.join)

    @resources(gpu=1)
    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass
"""
PLACES = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization
bag = DagBag(sys.argv[1])
assert not bag.import_errors, bag.import_errors
stored = DagSerialization.from_dict(DagSerialization.to_dict(bag.dags["PolicyFlow"]))
print(json.dumps({task.task_id: [task.queue, task.pool] for task in stored.tasks}))
"""


def test_a_policy_finds_the_place_by_what_a_step_asks_for(tmp_path: Path) -> None:
    (text,) = re.findall(r"<!-- policy -->\n```python\n(.*?)```", (ROOT / "docs/operating.md").read_text(), re.DOTALL)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "airflow_local_settings.py").write_text(text)
    (tmp_path / "policy_flow.py").write_text(FLOW)
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "flow.py").write_text(compile_flow(CompileOptions(tmp_path / "policy_flow.py")).text)
    done = subprocess.run(
        [sys.executable, "-c", PLACES, str(tmp_path / "dags")],
        env={**clean_environ(), "AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "start": ["default", "default_pool"],
        "large": ["large", "large"],
        "join": ["gpu", "default_pool"],
        "end": ["default", "default_pool"],
    }
