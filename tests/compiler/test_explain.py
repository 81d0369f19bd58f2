"""The table of --explain says for each step what it becomes."""

from __future__ import annotations

from datetime import timedelta

from airflow_provider_flows import FlowSpec, step
from airflow_provider_flows.compiler.explain import explain
from airflow_provider_flows.graph.parse import build_graph

from tests.compiler.support import dag, group, task


class ExplainedFlow(FlowSpec):
    @step
    def start(self):
        self.xs = [1]
        self.next(self.fit, foreach="xs")

    @step
    def fit(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


PLAN = dag(
    task("start"),
    group("xs", "start", task("fit", retries=3, execution_timeout=timedelta(minutes=2))),
    task("join", trigger_rule="all_done"),
    task("end"),
)


def test_plain_text_is_aligned() -> None:
    assert explain(PLAN, build_graph(ExplainedFlow), terminal=False) == (
        "step   type     Airflow task  group       mapped over  trigger rule  retries  timeout\n"
        "start  foreach  start                                  all_success   0\n"
        "fit    linear   fit           foreach_xs  start        all_success   3        120 s\n"
        "join   join     join                                   all_done      0\n"
        "end    end      end                                    all_success   0\n"
    )


def test_a_terminal_gets_a_drawn_table() -> None:
    drawn = explain(PLAN, build_graph(ExplainedFlow), terminal=True)
    assert "SomeFlow" in drawn
    assert "fit" in drawn
