"""The graph of a valid flow is the one that Metaflow 2.19.39 sees: the tables here were printed by its own FlowGraph.

Each row: step, type, in_funcs (sorted), out_funcs, split_parents, split_branches, matching_join, is_inside_foreach.
"""

from __future__ import annotations

import pytest
from airflow_provider_flows.graph.rules import check_graph

SHAPES = {
    "linear": (
        """
def start(self): self.next(self.a)
def a(self): self.next(self.end)
def end(self): pass
""",
        [
            ("start", "start", "", "a", "", "", None, False),
            ("a", "linear", "start", "end", "", "", None, False),
            ("end", "end", "a", "", "", "", None, False),
        ],
    ),
    "static split": (
        """
def start(self): self.next(self.b, self.a)
def a(self): self.next(self.join)
def b(self): self.next(self.join)
def join(self, inputs): self.next(self.end)
def end(self): pass
""",
        [
            ("start", "split", "", "b a", "", "", "join", False),
            ("b", "linear", "start", "join", "start", "b", None, False),
            ("a", "linear", "start", "join", "start", "a", None, False),
            ("join", "join", "a b", "end", "start", "", None, False),
            ("end", "end", "join", "", "", "", None, False),
        ],
    ),
    "nested split": (
        """
def start(self): self.next(self.a, self.b)
def a(self): self.next(self.a1, self.a2)
def a1(self): self.next(self.ja)
def a2(self): self.next(self.ja)
def ja(self, inputs): self.next(self.join)
def b(self): self.next(self.join)
def join(self, inputs): self.next(self.end)
def end(self): pass
""",
        [
            ("start", "split", "", "a b", "", "", "join", False),
            ("a", "split", "start", "a1 a2", "start", "a", "ja", False),
            ("a1", "linear", "a", "ja", "start a", "a a1", None, False),
            ("a2", "linear", "a", "ja", "start a", "a a2", None, False),
            ("ja", "join", "a1 a2", "join", "start a", "a", None, False),
            ("b", "linear", "start", "join", "start", "b", None, False),
            ("join", "join", "b ja", "end", "start", "", None, False),
            ("end", "end", "join", "", "", "", None, False),
        ],
    ),
    "foreach": (
        """
def start(self): self.next(self.body, foreach='xs')
def body(self): self.next(self.join)
def join(self, inputs): self.next(self.end)
def end(self): pass
""",
        [
            ("start", "foreach", "", "body", "", "", "join", False),
            ("body", "linear", "start", "join", "start", "body", None, True),
            ("join", "join", "body", "end", "start", "", None, False),
            ("end", "end", "join", "", "", "", None, False),
        ],
    ),
    "foreach three deep": (
        """
def start(self): self.next(self.a, foreach='xs')
def a(self): self.next(self.b, foreach='ys')
def b(self): self.next(self.c, foreach='zs')
def c(self): self.next(self.jc)
def jc(self, inputs): self.next(self.jb)
def jb(self, inputs): self.next(self.ja)
def ja(self, inputs): self.next(self.end)
def end(self): pass
""",
        [
            ("start", "foreach", "", "a", "", "", "ja", False),
            ("a", "foreach", "start", "b", "start", "a", "jb", True),
            ("b", "foreach", "a", "c", "start a", "a b", "jc", True),
            ("c", "linear", "b", "jc", "start a b", "a b c", None, True),
            ("jc", "join", "c", "jb", "start a b", "a b", None, True),
            ("jb", "join", "jc", "ja", "start a", "a", None, True),
            ("ja", "join", "jb", "end", "start", "", None, False),
            ("end", "end", "ja", "", "", "", None, False),
        ],
    ),
    "chain in foreach": (
        """
def start(self): self.next(self.a, foreach='xs')
def a(self): self.next(self.b)
def b(self): self.next(self.c)
def c(self): self.next(self.join)
def join(self, inputs): self.next(self.end)
def end(self): pass
""",
        [
            ("start", "foreach", "", "a", "", "", "join", False),
            ("a", "linear", "start", "b", "start", "a", None, True),
            ("b", "linear", "a", "c", "start", "a", None, True),
            ("c", "linear", "b", "join", "start", "a", None, True),
            ("join", "join", "c", "end", "start", "", None, False),
            ("end", "end", "join", "", "", "", None, False),
        ],
    ),
    "switch": (
        """
def start(self): self.next({'x': self.x, 'y': self.y}, condition='which')
def x(self): self.next(self.merge)
def y(self): self.next(self.merge)
def merge(self): self.next(self.end)
def end(self): pass
""",
        [
            ("start", "split-switch", "", "x y", "", "", None, False),
            ("x", "linear", "start", "merge", "", "", None, False),
            ("y", "linear", "start", "merge", "", "", None, False),
            ("merge", "linear", "x y", "end", "", "", None, False),
            ("end", "end", "merge", "", "", "", None, False),
        ],
    ),
    "switch in foreach": (
        """
def start(self): self.next(self.sw, foreach='xs')
def sw(self): self.next({1: self.x, 2: self.y}, condition='which')
def x(self): self.next(self.merge)
def y(self): self.next(self.merge)
def merge(self): self.next(self.join)
def join(self, inputs): self.next(self.end)
def end(self): pass
""",
        [
            ("start", "foreach", "", "sw", "", "", "join", False),
            ("sw", "split-switch", "start", "x y", "start", "sw", None, True),
            ("x", "linear", "sw", "merge", "start", "sw", None, True),
            ("y", "linear", "sw", "merge", "start", "sw", None, True),
            ("merge", "linear", "x y", "join", "start", "sw", None, True),
            ("join", "join", "merge", "end", "start", "", None, False),
            ("end", "end", "join", "", "", "", None, False),
        ],
    ),
    "foreach in switch arm": (
        """
def start(self): self.next({'x': self.x, 'y': self.y}, condition='which')
def x(self): self.next(self.body, foreach='xs')
def body(self): self.next(self.join)
def join(self, inputs): self.next(self.merge)
def y(self): self.next(self.merge)
def merge(self): self.next(self.end)
def end(self): pass
""",
        [
            ("start", "split-switch", "", "x y", "", "", None, False),
            ("x", "foreach", "start", "body", "", "", "join", False),
            ("body", "linear", "x", "join", "x", "body", None, True),
            ("join", "join", "body", "merge", "x", "", None, False),
            ("y", "linear", "start", "merge", "", "", None, False),
            ("merge", "linear", "join y", "end", "", "", None, False),
            ("end", "end", "merge", "", "", "", None, False),
        ],
    ),
    "recursion": (
        """
def start(self): self.next(self.again)
def again(self): self.next({'more': self.again, 'done': self.end}, condition='which')
def end(self): pass
""",
        [
            ("start", "start", "", "again", "", "", None, False),
            ("again", "split-switch", "start", "again end", "", "", None, False),
            ("end", "end", "again", "", "", "", None, False),
        ],
    ),
    "split in switch arm": (
        """
def start(self): self.next({'x': self.x, 'y': self.y}, condition='which')
def x(self): self.next(self.x1, self.x2)
def x1(self): self.next(self.join)
def x2(self): self.next(self.join)
def join(self, inputs): self.next(self.merge)
def y(self): self.next(self.merge)
def merge(self): self.next(self.end)
def end(self): pass
""",
        [
            ("start", "split-switch", "", "x y", "", "", None, False),
            ("x", "split", "start", "x1 x2", "", "", "join", False),
            ("x1", "linear", "x", "join", "x", "x1", None, False),
            ("x2", "linear", "x", "join", "x", "x2", None, False),
            ("join", "join", "x1 x2", "merge", "x", "", None, False),
            ("y", "linear", "start", "merge", "", "", None, False),
            ("merge", "linear", "join y", "end", "", "", None, False),
            ("end", "end", "merge", "", "", "", None, False),
        ],
    ),
    "switch arms into join": (
        """
def start(self): self.next(self.a, self.b)
def a(self): self.next({'x': self.x, 'y': self.y}, condition='which')
def x(self): self.next(self.join)
def y(self): self.next(self.join)
def b(self): self.next(self.join)
def join(self, inputs): self.next(self.end)
def end(self): pass
""",
        [
            ("start", "split", "", "a b", "", "", "join", False),
            ("a", "split-switch", "start", "x y", "start", "a", None, False),
            ("x", "linear", "a", "join", "start", "a", None, False),
            ("y", "linear", "a", "join", "start", "a", None, False),
            ("b", "linear", "start", "join", "start", "b", None, False),
            ("join", "join", "b x y", "end", "start", "", None, False),
            ("end", "end", "join", "", "", "", None, False),
        ],
    ),
    "foreach after foreach": (
        """
def start(self): self.next(self.a, foreach='xs')
def a(self): self.next(self.ja)
def ja(self, inputs): self.next(self.b)
def b(self): self.next(self.c, foreach='ys')
def c(self): self.next(self.jc)
def jc(self, inputs): self.next(self.end)
def end(self): pass
""",
        [
            ("start", "foreach", "", "a", "", "", "ja", False),
            ("a", "linear", "start", "ja", "start", "a", None, True),
            ("ja", "join", "a", "b", "start", "", None, False),
            ("b", "foreach", "ja", "c", "", "", "jc", False),
            ("c", "linear", "b", "jc", "b", "c", None, True),
            ("jc", "join", "c", "end", "b", "", None, False),
            ("end", "end", "jc", "", "", "", None, False),
        ],
    ),
    "same step twice in switch": (
        """
def start(self): self.next({'x': self.a, 'y': self.a, 'z': self.b}, condition='which')
def a(self): self.next(self.end)
def b(self): self.next(self.end)
def end(self): pass
""",
        [
            ("start", "split-switch", "", "a a b", "", "", None, False),
            ("a", "linear", "start", "end", "", "", None, False),
            ("b", "linear", "start", "end", "", "", None, False),
            ("end", "end", "a b", "", "", "", None, False),
        ],
    ),
    "foreach in branch in foreach": (
        """
def start(self): self.next(self.sp, foreach='xs')
def sp(self): self.next(self.f, self.g)
def f(self): self.next(self.h, foreach='ys')
def h(self): self.next(self.jh)
def jh(self, inputs): self.next(self.jsp)
def g(self): self.next(self.jsp)
def jsp(self, inputs): self.next(self.jst)
def jst(self, inputs): self.next(self.end)
def end(self): pass
""",
        [
            ("start", "foreach", "", "sp", "", "", "jst", False),
            ("sp", "split", "start", "f g", "start", "sp", "jsp", True),
            ("f", "foreach", "sp", "h", "start sp", "sp f", "jh", True),
            ("h", "linear", "f", "jh", "start sp f", "sp f h", None, True),
            ("jh", "join", "h", "jsp", "start sp f", "sp f", None, True),
            ("g", "linear", "sp", "jsp", "start sp", "sp g", None, True),
            ("jsp", "join", "g jh", "jst", "start sp", "sp", None, True),
            ("jst", "join", "jsp", "end", "start", "", None, False),
            ("end", "end", "jst", "", "", "", None, False),
        ],
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_graph_is_the_one_that_metaflow_sees(shape, graph_of):
    steps, rows = SHAPES[shape]
    graph = graph_of(steps)
    assert check_graph(graph) == []
    found = {
        (
            node.name,
            node.type,
            " ".join(sorted(node.in_funcs)),
            " ".join(node.out_funcs),
            " ".join(node.split_parents),
            " ".join(node.split_branches),
            node.matching_join,
            node.is_inside_foreach,
        )
        for node in graph
    }
    assert found == set(rows)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_step_comes_after_all_that_lead_to_it(shape, graph_of):
    graph = graph_of(SHAPES[shape][0])
    for node in graph:
        earlier = graph.topological[: graph.topological.index(node.name)]
        assert set(node.in_funcs) <= set(earlier)
        assert list(node.in_funcs) == [name for name in earlier if name in node.in_funcs]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_split_and_its_join_know_each_other(shape, graph_of):
    graph = graph_of(SHAPES[shape][0])
    for node in graph:
        if node.splits:
            assert graph[node.matching_join].closes == node.name
        if node.joins:
            assert graph[node.closes].matching_join == node.name
