"""Flows of one project and branch find each other's runs through the client, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.deployment import FlowAirflow, FlowRun

pytestmark = pytest.mark.services

WRITER = """
from metaflow import FlowSpec, project, step


@project(name="{project}")
class PriceWriter(FlowSpec):
    @step
    def start(self):
        self.price = 12
        self.next(self.end)

    @step
    def end(self):
        pass
"""
READER = """
from metaflow import Flow, FlowSpec, current, project, step


@project(name="{project}")
class PriceReader(FlowSpec):
    @step
    def start(self):
        self.namespace = current.namespace
        self.price = Flow("PriceWriter").latest_run.data.price
        self.next(self.end)

    @step
    def end(self):
        print("the price is", self.price)
"""
BRANCHES = {"default": {}, "test": {"branch": "blue"}, "prod": {"production": True}}


def deployed(airflow: FlowAirflow, source: str, project: str, **options: Any) -> str:
    """Deploy a flow and return the id of its DAG."""
    name = f"{'reader' if source == READER else 'writer'}_{project}_{'_'.join(options)}"
    file = airflow.home / "projects" / name / "price_flow.py"
    file.parent.mkdir(parents=True)
    file.write_text(source.format(project=project))
    dag_id = airflow.deploy(file, name, **options)
    airflow.wait_for_dag(dag_id)
    return dag_id


def run(airflow: FlowAirflow, source: str, project: str, **options: Any) -> FlowRun:
    flow = "PriceReader" if source == READER else "PriceWriter"
    return airflow.run_flow(deployed(airflow, source, project, **options), flow)


@pytest.mark.parametrize("branch", BRANCHES)
def test_a_flow_finds_the_runs_of_its_project_and_branch(airflow: FlowAirflow, branch: str) -> None:
    project, options = f"shop_{branch}", BRANCHES[branch]
    assert run(airflow, WRITER, project, **options).wait() == "success"
    reader = run(airflow, READER, project, **options)
    assert reader.wait() == "success"
    assert "the price is 12" in reader.log("end")
    shown = reader.value("end", "namespace")
    assert shown.startswith(f"production:{project}.{'user' if branch == 'default' else branch}")
    assert f"{project}." in reader.dag_id and not shown.endswith("PriceReader")


def test_a_flow_of_another_project_or_branch_finds_nothing(airflow: FlowAirflow) -> None:
    assert run(airflow, WRITER, "apart", branch="blue").wait() == "success"
    others = [
        run(airflow, READER, "apart", branch="green"),
        run(airflow, READER, "apart", production=True),
        run(airflow, READER, "apart"),
        run(airflow, READER, "elsewhere", branch="blue"),
    ]
    for other in others:
        assert other.wait() == "failed"
        assert "Flow('PriceWriter') has no run in the namespace" in other.log("start")
