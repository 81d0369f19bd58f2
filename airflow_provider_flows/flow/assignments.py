"""Where a flow's code sets what belongs to the flow, or asks for what nothing sets: found before anything runs. LAUNCH.

Of what it sets, the step that does it would say the same (`flow.owned`).
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator

from airflow_provider_flows.errors import Problem
from airflow_provider_flows.flow.flowspec import FlowSpec
from airflow_provider_flows.flow.own_code import SelfUses, classes_of, methods_of, source_of
from airflow_provider_flows.flow.owned import FIX, cannot_set, owned_names
from airflow_provider_flows.flow.parameters import Parameter
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.guards import lets_fail
from airflow_provider_flows.graph.reserved import OF_EVERY_FLOW
from airflow_provider_flows.graph.source import Sources
from airflow_provider_flows.graph.wording import suggest

_METHODS = frozenset(name for name in OF_EVERY_FLOW if not isinstance(vars(FlowSpec)[name], property))


def assignment_problems(flow_class: type, sources: Sources) -> Iterator[Problem]:
    """Yield each place at which a method sets or deletes an attribute that belongs to the flow."""
    owned = owned_names(flow_class)
    for source, definition in filter(None, (source_of(function, sources) for function in methods_of(flow_class))):
        for node, name, caught in SelfUses(definition).assigned():
            if name in owned and not lets_fail(caught, "AttributeError"):
                yield source.place(node).problem(cannot_set(flow_class, name), FIX)


def hiding_problems(flow_class: type, sources: Sources) -> Iterator[Problem]:
    """Yield each class attribute that hides what every flow has; of parameters and steps others tell."""
    for base in classes_of(flow_class):
        for name in sorted(OF_EVERY_FLOW & vars(base).keys()):
            value = vars(base)[name]
            is_told = isinstance(value, Parameter) or (callable(value) and getattr(value, "is_step", False) is True)
            if not is_told and not (name in _METHODS and callable(value)):
                file = inspect.getsourcefile(base)
                source = sources.of(file) if file else None
                place = source.class_place(base.__name__, name) if source else None
                message = f"{base.__name__}.{name} hides what every flow has."
                yield place.problem(message, FIX) if place else Problem(message, file, fix=FIX)


def unset_problems(flow_class: type, graph: FlowGraph, sources: Sources, also: Iterable[str]) -> Iterator[Problem]:
    """Yield each foreach and switch over an artifact that nothing sets, where a near one is set; `also` are set, too.

    Nothing is said of flows whose artifacts may be set by other code than their own methods.
    """
    found = [source_of(function, sources) for function in methods_of(flow_class)]
    uses = [SelfUses(definition) for _, definition in filter(None, found)]
    if None in found or any(use.is_out_of_sight() for use in uses) or _answers_itself(flow_class):
        return
    known = {name for use in uses for _, name, _ in use.assigned()} | owned_names(flow_class) | {*also}
    for node in graph:
        name, does = (node.foreach_param, "splits over") if node.foreach_param else (node.condition, "switches by")
        if name and node.tail and name not in known and not hasattr(flow_class, name):
            near = suggest(name, sorted(known), "{0!r}")
            if near:
                yield node.tail.problem(f"step '{node.name}' {does} self.{name}, which nothing sets.", near)


def _answers_itself(flow_class: type) -> bool:
    methods = ("__getattr__", "__getattribute__", "__setattr__")
    return any(name in vars(base) for base in classes_of(flow_class) for name in methods)
