"""Cards of tasks that Airflow runs, for real."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows.client import Task
from airflow_provider_flows.client.cards import get_cards

from tests.flow.sources import flow
from tests.support.dags import compile_dag, run_dag
from tests.support.runner import write_flow

pytestmark = pytest.mark.airflow

SOURCE = flow(
    """
    def start(self):
        self.items = ["x", "y"]
        self.next(self.each, foreach="items")
    @card(id="mine", type="blank")
    @retry(times=1, minutes_between_retries=0)
    @catch(var="why")
    @timeout(seconds=60)
    @step
    def each(self):
        current.card.append(Markdown(f"item {self.input}, try {current.retry_count}"))
        current.card.refresh()
        if self.input == "y" and not current.retry_count: 1 / 0
        self.next(self.join)
    @card(type="broken", timeout=0.5)
    @step
    def join(self, inputs):
        self.next(self.end)
    def end(self):
        self.html = get_cards(current.run["each"].task)[0].get()
    """,
    before="""
    from airflow_provider_flows.cards import Markdown, MetaflowCard
    from airflow_provider_flows.client.cards import get_cards
    class Broken(MetaflowCard):
        type = "broken"
        def render(self, task):
            while True: pass
    """,
)


def test_attempts_items_failures_and_with_card(airflow_home: Path, tmp_path: Path) -> None:
    dag = compile_dag(airflow_home, write_flow(tmp_path, SOURCE), decorators=("card",))
    run = run_dag(airflow_home, dag)
    assert run.state == "success"
    shown = {(task.id, card.type): card.get() for step in run.run for task in step for card in get_cards(task)}
    assert {key for key in shown if key[1] == "default"} == {
        (task, "default") for task in ("start", "each-0", "each-1", "join", "end")
    }
    assert "item x, try 0" in shown["each-0", "blank"] and "item y, try 1" in shown["each-1", "blank"]
    assert "item y, try 0" in get_cards(Task(f"{run.run.pathspec}/each/each-1", attempt=0))[0].get()
    assert "it took longer than its timeout of 0.5 seconds" in shown["join", "broken"]
    assert "item" in run("end", "html")
