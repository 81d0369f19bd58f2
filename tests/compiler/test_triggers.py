"""Which trigger rule each step's task gets, and which mapped groups the steps are in, by the shape of the graph."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from airflow_provider_flows.compiler.segments import cut
from airflow_provider_flows.compiler.triggers import fan_out_rule, trigger_rule
from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.parse import build_graph
from airflow_provider_flows.graph.rules import check_graph

from tests.flow.sources import flow

Graph = Callable[[str], FlowGraph]
ENDS = "\ndef end(self): pass"
CASES = "{'x': self.a, 'y': self.b}, condition='which'"
EACH = "foreach='xs'"


@pytest.fixture
def graph_of(tmp_path: Path) -> Graph:
    def build(steps: str) -> FlowGraph:
        file = tmp_path / "shape_flow.py"
        file.write_text(flow(steps + ENDS))
        graph = build_graph(load_flow(file).flow_class)
        assert check_graph(graph) == []
        return graph

    return build


def goes(**steps: str) -> str:
    """Return steps by what they go to; those that take inputs are called `join…`."""
    return "\n".join(
        f"def {name}(self{', inputs' * name.startswith('join')}): self.next({target})" for name, target in steps.items()
    )


CHAIN = goes(start="self.a", a="self.end")
SPLIT = goes(start="self.a, self.b", a="self.join", b="self.join", join="self.end")
SWITCH = goes(start=CASES, a="self.meet", b="self.meet", meet="self.end")
SHORT = goes(start="{'x': self.a, 'y': self.meet}, condition='which'", a="self.meet", meet="self.end")
LOOP = goes(start="self.a", a="{'again': self.a, 'done': self.b}, condition='which'", b="self.end")
FOREACH = goes(start=f"self.a, {EACH}", a="self.b", b="self.join", join="self.end")
SWITCHED = goes(start=f"self.s, {EACH}", s=CASES, a="self.meet", b="self.meet", meet="self.join", join="self.end")
TO_JOIN = goes(start=f"self.s, {EACH}", s=CASES, a="self.join", b="self.join", join="self.end")
NESTED = goes(
    start=f"self.a, {EACH}", a=f"self.b, {EACH}", b="self.join_b", join_b="self.c", c="self.join_a", join_a="self.end"
)
SOMETIMES = goes(
    start=f"self.s, {EACH}",
    s="{'x': self.a, 'y': self.meet}, condition='which'",
    a=f"self.b, {EACH}",
    b="self.join_b",
    join_b="self.meet",
    meet="self.join",
    join="self.end",
)


@pytest.mark.parametrize(
    ("shape", "caught", "rules"),
    [
        (CHAIN, "", {}),
        (CHAIN, "a", {"end": "all_done"}),
        (SPLIT, "", {}),
        (SPLIT, "b", {"join": "all_done"}),
        (SWITCH, "", {"meet": "none_failed_min_one_success"}),
        (SWITCH, "a", {"meet": "all_done"}),
        (SHORT, "", {"meet": "none_failed_min_one_success"}),
        (LOOP, "", {}),
        (FOREACH, "", {}),
        (SWITCHED, "", {"meet": "one_success"}),
        (TO_JOIN, "", {"join": "none_failed_min_one_success"}),
        (NESTED, "", {"join_b": "none_failed"}),
        (SOMETIMES, "", {"join_b": "none_failed", "meet": "none_failed"}),
    ],
    ids=[
        *("chain", "caught", "split", "caught branch", "switch", "caught arm", "short cut", "loop", "foreach"),
        *("switch in a foreach", "switch to a join", "nested foreach", "foreach in a switch"),
    ],
)
def test_the_trigger_rule_follows_from_the_graph(graph_of: Graph, shape: str, caught: str, rules: dict) -> None:
    graph = graph_of(shape)
    segment_of = {step: segment for segment in cut(graph) for step in segment.steps}
    names = frozenset(filter(None, [caught]))
    found = {step: trigger_rule(graph, step, segment_of.get(step), names) for step in graph.topological}
    assert {step: rule for step, rule in found.items() if rule != "all_success"} == rules


@pytest.mark.parametrize(
    ("shape", "foreach", "rule"), [(NESTED, "a", "all_success"), (SOMETIMES, "a", "none_failed_min_one_success")]
)
def test_a_fan_out_waits_for_those_that_get_there(graph_of: Graph, shape: str, foreach: str, rule: str) -> None:
    assert fan_out_rule(graph_of(shape), foreach) == rule


@pytest.mark.parametrize(
    ("shape", "segments"),
    [
        (CHAIN, []),
        (SWITCH, []),
        (FOREACH, [(("start",), 0, ("a", "b"))]),
        (SWITCHED, [(("start",), 0, ("s", "a", "b", "meet"))]),
        (NESTED, [(("start",), 0, ("a",)), (("start", "a"), 0, ("b",)), (("start",), 1, ("join_b", "c"))]),
        (
            SOMETIMES,
            [(("start",), 0, ("s", "a")), (("start", "a"), 0, ("b",)), (("start",), 1, ("join_b", "meet"))],
        ),
    ],
    ids=["chain", "switch", "foreach", "switch in a foreach", "nested foreach", "foreach in a switch"],
)
def test_a_body_is_cut_where_a_nested_foreach_begins_and_where_it_is_joined(
    graph_of: Graph, shape: str, segments: list
) -> None:
    assert [(each.nest, each.level, each.steps) for each in cut(graph_of(shape))] == segments
