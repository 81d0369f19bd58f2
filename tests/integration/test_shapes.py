"""Flows of every shape on a real Airflow: what runs, what it leaves, what Airflow shows of it."""

from __future__ import annotations

import pytest
from airflow_provider_flows.client import Run, namespace
from airflow_provider_flows.store import open_store

from tests.integration.deployment import KEY, FlowAirflow

pytestmark = pytest.mark.services


def test_the_demo_s_flow_catches_a_division_by_zero(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("CatchRetryFlow")
    assert set(run.states.values()) == {"success"}
    assert len(run.states) == 6
    assert run.labels("divide") == ["divisor=0 · caught", "divisor=1", "divisor=2"]
    assert [run.tries("divide", index) for index in range(3)] == [
        ["failed"] * 2 + ["success"],
        ["success"],
        ["success"],
    ]
    assert run.outcomes("divide", 0) == ["failed", "failed", "caught"]
    namespace(None)
    assert Run(f"CatchRetryFlow/{run.run_id}", root=str(airflow.datastore)).data.results == [10.0, 5.0]


def test_three_foreaches_inside_one_another(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("NestedFlow")
    assert run.value("end", "words") == [["a0+!", "a0-!"], ["b0+!", "b0-!", "b1+!", "b1-!"]]
    assert set(run.states.values()) == {"success"}
    assert sum(task.startswith("fourth[") for task in run.states) == 6
    assert run.labels("fourth")[:3] == [f"letter=a / number=0 / sign={sign}" for sign in "+-"] + [
        "letter=b / number=0 / sign=+"
    ]


def test_each_item_of_a_foreach_takes_its_own_arm_of_a_switch(airflow: FlowAirflow) -> None:
    plan = airflow.home / "mixed.txt"
    plan.write_text("short long short long")
    run = airflow.run_flow("SwitchFlow", plan=str(plan))
    short, long = ["short", "merge"], ["long", "longer", "merge"]
    assert run.value("end", "traces") == [short, long, short, long]
    assert [run.states[f"longer[{index}]"] for index in range(4)] == ["skipped", "success"] * 2
    assert [run.outcomes("short", index) for index in range(4)] == [["ok"], [], ["ok"], []]


def test_a_retried_recursion_goes_on_at_the_iteration_that_failed(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("LoopFlow")
    assert run.value("end", "rounds") == [0, 0, 1, 0]
    assert run.tries("loop") == ["failed", "success"]
    assert [run.outcomes("loop", iteration=each) for each in range(5)] == [["ok"], ["ok"], ["failed", "ok"], ["ok"], []]


def test_steps_may_be_called_as_airflow_s_own_names(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("NamesFlow")
    assert run.value("end", "trace") == [["dag", "list", "dag", "task_group"]] * 2


def test_xcoms_hold_nothing_but_the_lists_to_map_over(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("ManyFlow", count=2, inner=2)
    tasks = [("start", -1), ("fan_out_body", -1), ("body", 0), ("leaf", 3), ("join_more", 0), ("join", -1), ("end", -1)]
    found = {task: airflow.xcoms(run.dag_id, run.run_id, task, index) for task, index in tasks}
    lists = {"start": {"return_value": [0, 1]}, "fan_out_body": {"return_value": [0, 1, 2, 3]}}
    assert found == {task: lists.get(task, {}) for task, _ in tasks}


def test_two_runs_at_once_do_not_mix(airflow: FlowAirflow) -> None:
    gate = airflow.home / "two-gates"
    runs = [airflow.start_flow("WaitFlow", gate=str(gate), value=number) for number in (1, 2)]
    runs.append(airflow.start_flow("wait.twice", "WaitFlow", gate=str(gate), value=3))
    for run in runs:
        run.wait_task("wait", "running")
    gate.touch()
    assert [run.wait() for run in runs] == ["success"] * 3
    assert [run.value("wait", "seen")[0] for run in runs] == [1, 2, 3]


def test_runs_whose_ids_look_alike_do_not_mix(airflow: FlowAirflow) -> None:
    names = [("wait", "twice.x"), ("wait.twice", "x"), ("WaitFlow", "wait.twice.x")]
    runs = [airflow.start_flow(dag, "WaitFlow", run_id=name, value=n) for n, (dag, name) in enumerate(names)]
    assert [run.wait() for run in runs] == ["success"] * 3
    assert [run.value("end", "seen")[0] for run in runs] == [0, 1, 2]


def test_a_run_of_somebody_else_is_left_alone(airflow: FlowAirflow) -> None:
    theirs = {"started_at": 1.0, "user": "me", "tags": [], "system_tags": ["runtime:local"]}
    open_store(str(airflow.datastore), signing_key=KEY).write_run("WaitFlow", "1795322439131478", theirs)
    run = airflow.start_flow("WaitFlow", run_id="1795322439131478")
    assert run.wait() == "failed"
    assert "a run '1795322439131478' of this flow already, and it is a local run" in run.log("start")
    assert run.store.read_run("WaitFlow", run.name) == theirs and run.attempts("start") == []


def test_a_foreach_over_nothing_fails_as_the_dialect_says(airflow: FlowAirflow) -> None:
    run = airflow.run_flow("ManyFlow", count=0)
    assert run.states["start"] == "failed"
    assert "zero splits" in run.log("start")
    assert run.states["end"] == "upstream_failed"


@pytest.mark.parametrize(
    ("parameters", "step", "count"), [({"count": 51}, "start", 51), ({"count": 6, "inner": 9}, "body", 54)]
)
def test_a_foreach_over_too_many_items_names_the_limit(
    airflow: FlowAirflow, parameters: dict[str, int], step: str, count: int
) -> None:
    run = airflow.run_flow("ManyFlow", **parameters)
    task = "start" if step == "start" else "fan_out_body"
    assert run.states[task] == "failed"
    log = run.log(task)
    for part in (f"'{step}'", str(count), "50", "max_map_length"):
        assert part in log
