"""Airflow's answers about the tasks of a step, by map index."""

from __future__ import annotations

from types import SimpleNamespace

from airflow_provider_flows.operators.task_states import task_states
from airflow_provider_flows.task.placement import NOT_MAPPED


def test_only_what_airflow_says_of_this_task_counts() -> None:
    answer = {"fit": None, "fit_0": "success", "fit_12": "failed", "fit_x": "failed", "fit_1_2": "failed"}
    ti = SimpleNamespace(dag_id="d", run_id="r", get_task_states=lambda *_, **__: {"r": answer})
    assert task_states(ti, "fit") == {0: "success", 12: "failed"}
    answer["fit"] = "skipped"
    assert task_states(ti, "fit")[NOT_MAPPED] == "skipped"
