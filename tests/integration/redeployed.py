"""A flow with two branches, of which a test deploys one version after the other while a run of it goes on."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

from tests.integration.deployment import FlowAirflow, FlowRun

FLOW = """
import os
import time
from pathlib import Path

from metaflow import FlowSpec, Parameter, catch, current, retry, step


class FixFlow(FlowSpec):
    gate = Parameter("gate", default="", help="The file that the right branch waits for")

    @step
    def start(self):
        self.seen = ["{version}"]
        self.next(self.left, self.right)

{decorators}
    @step
    def left(self):
        print("left is here", current.retry_count)
{body}
        self.seen = [*self.seen, "{version}"]
        self.next(self.left_end)

    @step
    def left_end(self):
        self.seen = [*self.seen, "{version}"]
        self.next(self.join)

    @step
    def right(self):
        while self.gate and not Path(self.gate).exists():
            time.sleep(0.2)
        self.seen = [*self.seen, "{version}"]
        self.next(self.right_end)

    @step
    def right_end(self):
        self.seen = [*self.seen, "{version}"]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.seen = [[*each.seen, "{version}"] for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass
"""
FAILS, DIES, WAITS = "raise ValueError('broken')", "os.kill(os.getpid(), 9)", "time.sleep(300)"
FIXED = [["old", "new", "new", "new"], ["old", "old", "old", "new"]]
"""What `join` has seen when `left` was cleared and run by new code."""


@dataclass(frozen=True)
class Redeployed:
    """A deployment of the flow under a DAG id of its own."""

    airflow: FlowAirflow
    dag_id: str

    @classmethod
    def new(cls, airflow: FlowAirflow, dag_id: str, body: str, *decorators: str) -> Redeployed:
        """Deploy the flow's old version, and wait until Airflow knows it."""
        deployed = cls(airflow, dag_id)
        deployed.write("old", body, *decorators)
        airflow.wait_for_dag(dag_id)
        return deployed

    def replace(self, body: str, *decorators: str, version: str = "new") -> None:
        """Deploy another version of the flow and wait until Airflow has parsed it."""
        before = self.airflow.wait_for_dag(self.dag_id)["last_parsed_time"]
        self.write(version, body, *decorators)
        self.airflow.wait_for_dag(self.dag_id, newer_than=before)

    def clear(self, run: FlowRun, body: str, *decorators: str, parsed: bool) -> None:
        """Deploy the new version and clear `left` with what follows, before or after Airflow has parsed the file."""
        if parsed:
            self.replace(body, *decorators)
            run.clear("left")
            return
        self.airflow.unpause(self.dag_id, paused=True)  # nothing starts while the file is the old one
        run.clear("left")
        self.write("new", body, *decorators)
        self.airflow.unpause(self.dag_id)

    def run(self, gate: str = "") -> FlowRun:
        return self.airflow.start_flow(self.dag_id, "FixFlow", gate=gate)

    def write(self, version: str, body: str, *decorators: str) -> None:
        """Write the DAG file of a version; `body` and `decorators` are those of `left`."""
        folder = self.airflow.home / self.dag_id
        folder.mkdir(exist_ok=True)
        above = textwrap.indent("\n".join(decorators), " " * 4)
        text = FLOW.format(version=version, decorators=above, body=textwrap.indent(body, " " * 8))
        file = Path(folder, "fix_flow.py")
        file.write_text(text)
        self.airflow.deploy(file, self.dag_id, dag_id=self.dag_id)
