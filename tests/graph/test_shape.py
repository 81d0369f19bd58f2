"""The shape of a graph makes the same graph again, and says whether another one is the same before a step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.graph.flow_graph import FlowGraph, Node
from airflow_provider_flows.graph.parse import build_graph
from airflow_provider_flows.graph.shape import change_before, graph_of, shape_of

FLOWS = sorted((Path(__file__).parents[1] / "conformance" / "flows").glob("*.py"))
DERIVED = (
    *("type", "takes_inputs", "out_funcs", "repeats", "in_funcs", "split_parents", "split_branches"),
    *("matching_join", "closes", "foreach_nest"),
)


def derived(node: Node) -> dict[str, object]:
    return {name: getattr(node, name) for name in DERIVED}


@pytest.mark.parametrize("file", [file for file in FLOWS if "FlowSpec" in file.read_text()], ids=lambda file: file.stem)
def test_a_shape_that_was_kept_as_json_makes_the_same_graph(file: Path) -> None:
    graph = build_graph(load_flow(file).flow_class)
    again = graph_of(graph.name, json.loads(json.dumps(shape_of(graph))))
    assert (again.topological, again.start_step, again.end_step) == (
        graph.topological,
        graph.start_step,
        graph.end_step,
    )
    assert [derived(node) for node in again] == [derived(node) for node in graph]


def graph(steps: str) -> FlowGraph:
    """Return the graph of steps such as `start a b; a join; b join; join* end; end`, where * takes inputs."""
    rows = []
    for row in steps.split(";"):
        name, *out = row.split()
        kind = "split" if len(out) > 1 else "join" if name.endswith("*") else "linear" if out else "end"
        rows.append([name.rstrip("*"), kind, name.endswith("*"), out])
    return graph_of("F", {"steps": rows, "start_step": "start", "end_step": "end"})


BEFORE = "start a b; a a2; a2 join; b join; join* end; end"


@pytest.mark.parametrize(
    ("step", "now"),
    [
        ("a2", BEFORE),
        ("a", "start a b; a new; new a2; a2 join; b join; join* end; end"),  # what follows may be new
        ("a", "start a b; a join; b join; join* end; end"),
        ("b", "start a b; a join; b b2; b2 join; join* end; end"),
    ],
)
def test_a_graph_that_is_the_same_before_a_step_fits(step: str, now: str) -> None:
    assert change_before(step, graph(BEFORE), graph(now)) is None


@pytest.mark.parametrize(
    ("step", "now", "why"),
    [
        ("a2", "start a b; a new; new a2; a2 join; b join; join* end; end", "step 'new' comes before 'a2' there"),
        ("a2", "start a2 b; a2 join; b join; join* end; end", "step 'a' does not come before 'a2' there"),
        ("a", "start a b c; a join; b join; c join; join* end; end", "step 'start' leads to a, b, c there"),
        ("a2", "start a b; a a2; b join; a2 a3 a4; a3 j; a4 j; j* join; join* end; end", "'a2' is of the type 'split'"),
        ("a2", "start a b; a join; b join; join* end; end", "it has no step 'a2'"),
        ("new", "start new; new end; end", "the run has no step 'new'"),
    ],
)
def test_what_does_not_fit_is_named(step: str, now: str, why: str) -> None:
    assert why in (change_before(step, graph(BEFORE), graph(now)) or "")
