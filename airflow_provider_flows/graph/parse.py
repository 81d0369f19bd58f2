"""A flow class -> its FlowGraph, by reading the source of its steps. LAUNCH and TASK, any process that loads a flow."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import FunctionType
from typing import Any

from airflow_provider_flows.errors import Problem
from airflow_provider_flows.graph.flow_graph import FlowGraph, Node, SourceSpan
from airflow_provider_flows.graph.nesting import weave
from airflow_provider_flows.graph.next_parser import read_transition
from airflow_provider_flows.graph.source import Function, Source, Sources
from airflow_provider_flows.graph.step_type import StepType
from airflow_provider_flows.local_code import is_ours

_NO_PLAIN_CALL = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def build_graph(flow_class: type, sources: Sources | None = None) -> FlowGraph:
    """Return the graph of a flow. Never raises for a bad flow: what is wrong is left in the nodes for the rules.

    `sources` keeps the files that were read, for those who look into them as well.
    """
    sources = Sources() if sources is None else sources
    functions = step_functions(flow_class)
    nodes = {name: _node(name, function, sources) for name, function in functions.items()}
    start = _resolve([node.name for node in nodes.values() if node.is_start_step], "start", nodes)
    end = _resolve([node.name for node in nodes.values() if node.is_end_step], "end", nodes)
    if len(nodes) == 1:
        start = end = next(iter(nodes))
    if start and nodes[start].type in (StepType.UNKNOWN, StepType.LINEAR):
        nodes[start] = replace(nodes[start], type=StepType.START)
    if end:
        nodes[end] = replace(nodes[end], type=StepType.END)
    return FlowGraph(
        name=flow_class.__name__,
        place=_class_place(flow_class, list(nodes.values()), sources),
        nodes=weave(nodes),
        doc=inspect.cleandoc(flow_class.__doc__ or ""),
        start_step=start,
        end_step=end,
        methods=_methods(flow_class),
    )


def step_functions(flow_class: type) -> dict[str, Callable[..., Any]]:
    """Return the steps of a flow by name, base classes first and each class in source order.

    An overridden step keeps the place of the first definition, so a subclass does not shuffle its base's steps.
    """
    names = dict.fromkeys(name for base in reversed(flow_class.__mro__) for name in vars(base))
    found = ((name, _unbound(inspect.getattr_static(flow_class, name, None))) for name in names)
    return {name: value for name, value in found if callable(value) and getattr(value, "is_step", False) is True}


def _methods(flow_class: type) -> dict[str, tuple[str, int]]:
    """Return where each method of a flow is that is not a step; those that every flow has are left out."""
    members = {name: value for base in reversed(flow_class.__mro__) for name, value in vars(base).items()}
    codes = {name: value.__code__ for name, value in members.items() if isinstance(value, FunctionType)}
    return {
        name: (code.co_filename, code.co_firstlineno)
        for name, code in codes.items()
        if not getattr(members[name], "is_step", False) and not is_ours(code.co_filename)
    }


def _unbound(value: Any) -> Any:
    return value.__func__ if isinstance(value, (staticmethod, classmethod)) else value


def _resolve(annotated: list[str], fallback: str, nodes: dict[str, Node]) -> str | None:
    if not annotated:
        return fallback if fallback in nodes else None
    return annotated[0] if len(annotated) == 1 else None


def _node(name: str, step: Callable[..., Any], sources: Sources) -> Node:
    function = inspect.unwrap(step)
    code = getattr(function, "__code__", None)
    node = Node(
        name=name,
        place=SourceSpan(code.co_filename, code.co_firstlineno) if code else SourceSpan("<unknown>", 0),
        doc=inspect.cleandoc(step.__doc__ or ""),
        num_args=code.co_argcount if code else 1,
        mentions_inputs=code is not None and not {"inputs", "merge_artifacts"}.isdisjoint(code.co_names),
        is_start_step=bool(getattr(step, "is_start_step", False)),
        is_end_step=bool(getattr(step, "is_end_step", False)),
        parallel_step=any(getattr(deco, "IS_PARALLEL", False) for deco in getattr(step, "decorators", ())),
        node_info=dict(getattr(step, "node_info", None) or {}),
    )
    if not isinstance(function, FunctionType):
        return _without_source(node, None)
    source = sources.of(node.file, function.__globals__)
    definition = source.function(function.__code__) if source else None
    if source is None or definition is None:
        return _without_source(node, source)
    return _with_source(node, function, definition, source)


def _with_source(node: Node, function: FunctionType, definition: Function, source: Source) -> Node:
    node = replace(node, place=source.name_place(definition))
    node = replace(node, flaws=tuple(_flaws(node, function, definition, source)))
    return read_transition(node, definition, source)


def _without_source(node: Node, source: Source | None) -> Node:
    if node.is_start_step and node.is_end_step:  # has no transition to read, so tools may generate such a step
        return node
    if source:
        node = replace(node, place=replace(node.place, text=source.line(node.line)))
    problem = node.place.problem(
        f"step '{node.name}' has no source text to read its self.next() from: it is a lambda, or was made by exec.",
        fix=f"Write it as def {node.name}(self): in the flow's class.",
    )
    return replace(node, tail_flaws=(problem,))


def _flaws(node: Node, function: FunctionType, definition: Function, source: Source) -> Iterator[Problem]:
    """Yield what keeps the function from being called as a step, apart from the number of its arguments."""
    if function.__code__.co_flags & _NO_PLAIN_CALL:
        kind = "async" if "async" in type(definition).__name__.lower() else "a generator"
        yield node.place.problem(
            f"step '{node.name}' is {kind}, so calling it would not run it.",
            fix=f"Write def {node.name}(self): without async and yield; use asyncio.run() inside for async code.",
        )
    if definition.name != node.name:
        yield node.place.problem(
            f"step '{node.name}' is the function '{definition.name}' under another name.",
            fix=f"Define it with def {node.name}(self): of its own.",
        )
    arguments = [*definition.args.posonlyargs, *definition.args.args]
    if arguments and arguments[0].arg != "self":
        yield source.place(arguments[0]).problem(
            f"step '{node.name}' calls its first argument '{arguments[0].arg}'; transitions are read from self.next().",
            fix=f"Write def {node.name}({', '.join(['self', *(argument.arg for argument in arguments[1:])])}):",
        )
    for argument, default in zip(definition.args.kwonlyargs, definition.args.kw_defaults):
        if default is None:
            yield source.place(argument).problem(
                f"step '{node.name}' needs the keyword argument '{argument.arg}', which a step is never given.",
                fix="Make it an artifact of an earlier step, or a Parameter of the flow.",
            )


def _class_place(flow_class: type, nodes: list[Node], sources: Sources) -> SourceSpan:
    module = sys.modules.get(flow_class.__module__)
    files = [node.file for node in nodes] + [getattr(module, "__file__", None) or "<unknown>"]
    for file in dict.fromkeys(files):
        source = sources.of(file)
        place = source.class_place(flow_class.__name__) if source else None
        if place:
            return place
    return SourceSpan(files[-1], 1)
