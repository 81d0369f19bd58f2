"""Pictures of a graph: Graphviz source and text. LAUNCH, on a command line; also of graphs that break rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import indent

from airflow_provider_flows.graph.flow_graph import FlowGraph, Node
from airflow_provider_flows.graph.step_type import StepType
from airflow_provider_flows.graph.wording import with_loop


def dot(graph: FlowGraph) -> str:
    """Return the graph in Graphviz's language; the edges of a switch are labelled with their cases."""
    lines = [*map(_dot_node, graph), *(edge for node in graph for edge in _dot_edges(node))]
    return "\n".join([f"digraph {_quote(graph.name)} {{", *(f"  {line}" for line in lines), "}"])


def text(graph: FlowGraph, decorators: Mapping[str, Sequence[str]] | None = None) -> str:
    """Return each step with its documentation (`?` if it has none) and where it leads, in topological order.

    `decorators` maps a step to the lines to show above it, such as `@retry`.
    """
    shown = decorators or {}
    parts = [graph.doc, *("\n".join([*shown.get(node.name, ()), *_text_node(node)]) for node in graph)]
    return "\n\n".join(part for part in parts if part)


def _text_node(node: Node) -> Iterator[str]:
    yield f"Step {with_loop(node)}"
    yield indent(node.doc or "?", "    ")
    if node.cases:
        yield f"    => {', '.join(f'{step} ({node.condition}={case})' for case, step in node.cases)}"
    elif node.out_funcs:
        yield f"    => {', '.join(node.out_funcs)}{_repetition(node)}"


def _repetition(node: Node) -> str:
    if node.parallel_foreach:
        return f" (num_parallel={'?' if node.num_parallel is None else node.num_parallel})"
    return f" (foreach {node.foreach_param or '?'})" if node.maps else ""


def _dot_node(node: Node) -> str:
    if node.branches and not node.takes_inputs:
        label, look = f"{node.name}\nswitch: {node.condition}", 'shape="hexagon" style="filled" fillcolor="lightgreen"'
    else:
        kind = _repetition(node).strip(" ()") or (StepType.JOIN if node.takes_inputs else node.type)
        label, look = f"{node.name}\n{kind}", 'shape="box"'
    return f'{_quote(node.name)} [label={_quote(label)} fontname="Helvetica" {look}];'


def _dot_edges(node: Node) -> Iterator[str]:
    for case, step in node.cases:
        yield f'{_quote(node.name)} -> {_quote(step)} [label={_quote(str(case))} color="blue" fontcolor="blue"];'
    for step in () if node.cases else node.out_funcs:
        yield f"{_quote(node.name)} -> {_quote(step)};"


def _quote(label: str) -> str:
    r"""Return any text as a quoted Graphviz string; Graphviz itself reads `\n` in it as a line break."""
    escaped = label.replace("\\", "\\\\").replace('"', '\\"').replace("\0", "\\\\0")
    return '"' + escaped.replace("\r", "").replace("\n", "\\n") + '"'
