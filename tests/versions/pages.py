"""What Airflow's pages show of a compiled DAG, as they get it from the API: documentation, tags, form, graph, code."""

from __future__ import annotations

from typing import Any

from tests.integration.deployment import FlowAirflow
from tests.versions.deployment import TAG

DAG = "ShapesFlow"


def what_airflow_shows_of_a_dag(airflow: FlowAirflow) -> None:
    dag = airflow.get(f"dags/{DAG}/details")
    the_dag_has_its_documentation_and_its_tags(dag)
    the_form_has_the_parameters(dag)
    tasks_have_their_documentation(airflow)
    the_code_is_that_of_the_file(airflow)
    mapped_tasks_are_labelled_and_have_logs(airflow)
    assert len(airflow.get(f"dags/{DAG}/dagVersions")["dag_versions"]) == 1


def the_dag_has_its_documentation_and_its_tags(dag: dict[str, Any]) -> None:
    assert dag["description"] == "Every shape in one flow."
    assert "What a `foreach` and a *switch* become" in dag["doc_md"]
    assert TAG in {tag["name"] for tag in dag["tags"]}


def the_form_has_the_parameters(dag: dict[str, Any]) -> None:
    ((name, shown),) = dag["params"].items()
    assert (name, shown["value"], shown["schema"]["type"]) == ("rounds", 3, "integer")
    assert "How often the loop goes round" in (shown["description"], shown["schema"].get("description"))


def tasks_have_their_documentation(airflow: FlowAirflow) -> None:
    tasks = {task["task_id"]: task for task in airflow.get(f"dags/{DAG}/tasks")["tasks"]}
    assert tasks["start"]["doc_md"] == "Begin with *three* letters."
    assert tasks["start"]["operator_name"] == "Flow step"
    assert tasks["fan_out_split"]["operator_name"] == "Flow fan-out"
    assert "decide" in tasks["start"]["downstream_task_ids"]


def the_code_is_that_of_the_file(airflow: FlowAirflow) -> None:
    shown = airflow.get(f"dagSources/{DAG}")["content"]
    assert shown == (airflow.dags / "shapes_flow.py").read_text()


def mapped_tasks_are_labelled_and_have_logs(airflow: FlowAirflow) -> None:
    run = airflow.run_flow(DAG)
    assert run.labels("decide") == [f"letter={letter}" for letter in "abc"]
    assert run.labels("count") == ["letter=b / number=10", "letter=b / number=20"]
    assert "counting 20" in run.log("count", 1)
    assert run.states["split[0]"] == "skipped"
    xcoms = {index: airflow.xcoms(DAG, run.run_id, "decide", index) for index in range(3)}
    assert xcoms == {0: {}, 1: {}, 2: {}}
