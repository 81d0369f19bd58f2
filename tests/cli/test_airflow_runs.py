"""Invariants of commands about a run on Airflow: the same words, the same store."""

from __future__ import annotations

import time
from pathlib import Path

from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import open_store
from airflow_provider_flows.store.log_format import LogLine

from tests.cli.laptop import Laptop
from tests.flow.sources import flow
from tests.support.dags import compile_dag, run_dag

BODY = """
scale = Parameter("scale", default=1)
def start(self):
    self.items = [1, 0]
    self.next(self.body, foreach="items")
def body(self):
    self.value = self.scale / self.input
    self.next(self.join)
def join(self, inputs):
    self.values = [each.value for each in inputs]
    self.next(self.end)
def end(self): print("values", *self.values)
"""


def test_a_run_on_airflow_is_looked_at_and_resumed_here(airflow_home: Path, laptop: Laptop) -> None:
    laptop.write(flow(BODY))
    failed = run_dag(airflow_home, compile_dag(airflow_home, laptop.file), scale=6)
    assert failed.state == "failed"
    root = ("--datastore-root", str(airflow_home / "flows"))
    said = laptop("dump", f"{failed.run_id}/body/body-0", "--include", "value", *root)
    assert said.out == "value [size: 21 type: <class 'float'>] = 6.0\n"
    address = TaskAddress("F", failed.run_id, "start", "start")
    open_store(root[1]).write_log(address, 0, [LogLine(time.time(), "stdout", "kept by a worker")])
    assert "kept by a worker\n" in laptop("logs", f"{failed.run_id}/start", *root).out
    assert "runtime:airflow" in laptop("tag", "list", failed.run_id, "--flat", *root).out.splitlines()
    laptop.write(flow(BODY.replace("/ self.input", "/ (self.input or 2)")))
    assert "There is no run of F to resume" in laptop.rejected("resume", *root)
    assert "No recent run of F" in laptop.rejected("tag", "add", "x", *root)
    resumed = laptop.run("resume", "--origin-run-id", failed.run_id, *root)
    assert resumed.cloned == ["body/body-0", "start/start"]
    assert "values 6.0 3.0" in resumed.said.out
