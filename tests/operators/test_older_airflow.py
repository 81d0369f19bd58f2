"""What is done about an Airflow before 3.3, which counts the parents of mapped tasks wrongly."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import airflow
import pytest
from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.parse import build_graph
from airflow_provider_flows.operators import FlowStepOperator, compiled_flow
from airflow_provider_flows.operators.fewer_items import FewerItems, require_no_fewer
from airflow_provider_flows.operators.task_instance import TaskInstance, task_instance

SHAPES = Path(__file__).parents[1] / "versions/flows/shapes_flow.py"
CLEARED = Path(__file__).parents[1] / "integration/flows/nested_flow.py"


@pytest.fixture(params=["3.1.8", "3.2.2"])
def older(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(airflow, "__version__", request.param)
    return str(request.param)


@pytest.fixture(params=["3.3.0", "3.10.1rc1"])
def newer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(airflow, "__version__", request.param)
    return str(request.param)


def rule_of(written: str) -> str:
    flow = compiled_flow("F", entry="f.py", digest="digest", sources=dict)
    return FlowStepOperator(flow=flow, task_id="merge", trigger_rule=written).trigger_rule.value


def graph_of(file: Path) -> FlowGraph:
    return build_graph(load_flow(file).flow_class)


def cleared(mapped: int, try_number: int = 2) -> TaskInstance:
    """A task that is tried again, in a run in which Airflow has mapped what follows it over so many items."""
    said = {"dag_id": "d", "run_id": "r", "task_id": "start", "map_index": -1, "max_tries": 1}
    count = SimpleNamespace(**said, try_number=try_number, get_ti_count=lambda *_, **__: mapped)
    return task_instance({"ti": count})


def test_a_merge_waits_for_the_parents_of_its_own_item(older: str) -> None:
    assert rule_of("one_success") == "none_failed"
    assert rule_of("all_done") == "all_done"


def test_a_newer_airflow_gets_the_rule_as_it_is_written(newer: str) -> None:
    assert rule_of("one_success") == "one_success"


def test_fewer_items_than_before_fail_with_what_helps(older: str) -> None:
    with pytest.raises(FewerItems) as caught:
        require_no_fewer(cleared(3), graph_of(SHAPES), "start", 2)
    minor = older.rpartition(".")[0]
    assert str(caught.value) == (
        f"Step 'start' has split into 2 items, and into 3 before it was cleared. Airflow {minor} would never go on "
        "after the items that are gone; Airflow 3.3 does. Trigger a new run, or upgrade Airflow."
    )


def test_as_many_items_or_more_are_fine(older: str) -> None:
    for count in (3, 4):
        require_no_fewer(cleared(3), graph_of(SHAPES), "start", count)


def test_nobody_is_asked_in_a_first_try(older: str) -> None:
    require_no_fewer(cleared(3, try_number=1), graph_of(SHAPES), "start", 2)


def test_inner_items_may_be_fewer_where_only_mapped_tasks_follow_them(older: str) -> None:
    require_no_fewer(cleared(3), graph_of(SHAPES), "split", 2)
    graph = graph_of(CLEARED)
    outer, middle, inner = (step.name for step in graph if step.maps)
    require_no_fewer(cleared(3), graph, inner, 2)
    for step in (outer, middle):
        with pytest.raises(FewerItems):
            require_no_fewer(cleared(3), graph, step, 2)


def test_a_newer_airflow_goes_on_with_fewer_items(newer: str) -> None:
    require_no_fewer(cleared(3), graph_of(SHAPES), "start", 2)
