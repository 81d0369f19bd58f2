"""Pictures of graphs, also of broken ones."""

from __future__ import annotations

from airflow_provider_flows.graph.picture import dot, text

STEPS = """
def start(self):
    \"\"\"Begin.

    In two lines.
    \"\"\"
    self.next(self.a, foreach='xs')
def a(self): self.next({'say "\\\\n"': self.b, 2: self.c}, condition='which')
def b(self): self.next(self.join)
def c(self): self.next(self.join)
def join(self, inputs): self.next(self.end)
def end(self): pass
"""


def test_text_shows_documentation_and_ways_on(graph_of):
    assert text(graph_of(STEPS), decorators={"b": ["@retry"]}).split("\n\nStep join")[0].split("\n") == [
        "Step start",
        "    Begin.",
        "",
        "    In two lines.",
        "    => a (foreach xs)",
        "",
        "Step a",
        "    ?",
        '    => b (which=say "\\n"), c (which=2)',
        "",
        "@retry",
        "Step b",
        "    ?",
        "    => join",
        "",
        "Step c",
        "    ?",
        "    => join",
    ]


def test_dot_labels_the_edges_of_a_switch_with_any_text(graph_of):
    lines = dot(graph_of(STEPS)).split("\n")
    assert lines[0] == 'digraph "Flow" {'
    assert '  "a" -> "b" [label="say \\"\\\\n\\"" color="blue" fontcolor="blue"];' in lines
    assert '  "start" -> "a";' in lines
    assert '  "start" [label="start\\nforeach xs" fontname="Helvetica" shape="box"];' in lines


def test_a_broken_graph_can_be_shown(graph_of):
    graph = graph_of("def start(self): self.next(self.nowhere)\ndef end(self): self.next()")
    assert "=> nowhere" in text(graph)
    assert '"start" -> "nowhere";' in dot(graph)
