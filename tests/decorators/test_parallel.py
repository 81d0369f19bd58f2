"""Invariants of @parallel as a decorator: which steps may have it, and what can be built on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows.errors import InvalidFlow

from tests.support.runner import run_flow

ON_IT = """
from airflow_provider_flows import FlowSpec, current, parallel, step, user_step_decorator
from airflow_provider_flows.decorators.attach import step_decorator
from airflow_provider_flows.decorators.base import StepDecorator
from airflow_provider_flows.decorators.builtin.parallel import ParallelDecorator

class Ring(ParallelDecorator):
    name = "ring"
    defaults = {"size": 1}

    def setup_distributed_env(self, flow):
        flow.ring = self.attributes["size"], current.parallel.num_nodes

class Bare(StepDecorator):
    name = "bare"
    IS_PARALLEL = True

@user_step_decorator
def skip(step_name, flow, inputs, attributes):
    yield ASKED

ring, bare = step_decorator(Ring), step_decorator(Bare)

class Four(FlowSpec):
    @step
    def start(self):
        self.next(self.train, num_parallel=2)

    @parallel
    @step
    def train(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.nodes = [(each.input, getattr(each, "ring", None)) for each in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests are the tasks' process: what the decorator sets is put back."""
    for name in ("MAIN_IP", "NUM_NODES", "NODE_INDEX", "CONTROL_TASK_ID"):
        monkeypatch.setenv(f"MF_PARALLEL_{name}", "")


def test_a_subclass_ties_the_tasks_together(tmp_path: Path) -> None:
    run = run_flow(tmp_path, ON_IT.replace("@parallel", "@ring(size=7)"))
    assert run("join", "nodes") == [(0, (7, 2)), (1, (7, 2))]


def test_any_decorator_may_say_that_its_step_is_parallel(tmp_path: Path) -> None:
    run = run_flow(tmp_path, ON_IT.replace("@parallel", "@bare"))
    assert run("join", "nodes") == [(0, None), (1, None)]


def test_it_cannot_be_attached_when_the_graph_is_known(tmp_path: Path) -> None:
    with pytest.raises(InvalidFlow, match="step 'end': @parallel came too late to be part of the graph"):
        run_flow(tmp_path, ON_IT, specs=("parallel",))


@pytest.mark.parametrize(
    ("count", "asked", "nodes"),
    [("2", "{}", 2), ("int('2')", "{'num_parallel': 3}", 3), ("2", "{'num_parallel': 1}", 1)],
)
def test_a_skipped_step_goes_on_to_as_many_tasks_as_are_known(
    tmp_path: Path, count: str, asked: str, nodes: int
) -> None:
    source = ON_IT.replace("ASKED", asked).replace("    @step\n    def start", "    @skip\n    @step\n    def start")
    run = run_flow(tmp_path, source.replace("num_parallel=2", f"num_parallel={count}"))
    assert len(run("join", "nodes")) == nodes


def test_a_skipped_step_fails_when_nobody_knows_how_many_tasks_come_next(tmp_path: Path) -> None:
    source = ON_IT.replace("ASKED", "{}").replace("    @step\n    def start", "    @skip\n    @step\n    def start")
    run = run_flow(tmp_path, source.replace("num_parallel=2", "num_parallel=int('2')"))
    assert run.failed is not None and "how many tasks come next" in str(run.failed.exception)
