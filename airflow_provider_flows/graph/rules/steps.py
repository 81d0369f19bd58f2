"""Rules about one step at a time: its name, its arguments, its place as first or last. LAUNCH; no task runs this."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_provider_flows.errors import Problem
from airflow_provider_flows.graph.flow_graph import FlowGraph, SourceSpan
from airflow_provider_flows.graph.reserved import NOT_FOR_STEPS
from airflow_provider_flows.graph.rules.table import always, rule
from airflow_provider_flows.graph.source import Sources, line_place
from airflow_provider_flows.graph.wording import listed

LONGEST_NAME = 200
"""Characters of a step's name: a file system allows 255 for it and the indices behind it, and Airflow 250 for it."""


@rule(when=always)
def names_are_not_reserved(graph: FlowGraph) -> Iterator[Problem]:
    """A step may not take the name of something that every flow has."""
    for node in graph:
        if node.name in NOT_FOR_STEPS:
            yield node.place.problem(
                f"step '{node.name}' has a name that is a reserved word.",
                fix=f"Choose another name, such as {node.name}_step.",
            )


@rule(when=always)
def names_are_lowercase(graph: FlowGraph) -> Iterator[Problem]:
    """A step's name has lowercase ASCII letters, digits and underscores, and begins with no underscore."""
    for node in graph:
        if not re.fullmatch("[a-z0-9][a-z0-9_]*", node.name):
            plain = re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", node.name).lower()
            plain = re.sub("[^a-z0-9_]+", "_", plain).strip("_")
            yield node.place.problem(
                f"step '{node.name}' has an invalid name: only lowercase letters, digits and inner underscores may "
                "be in it.",
                fix=f"Call it {plain}." if plain else None,
            )


@rule(when=always)
def names_are_short(graph: FlowGraph) -> Iterator[Problem]:
    """A step's name begins the ids of its tasks, which name folders, and is the id of an Airflow task."""
    for node in graph:
        if len(node.name) > LONGEST_NAME:
            yield node.place.problem(
                f"step {node.name[:20]}… has a name of {len(node.name)} characters, and the limit is {LONGEST_NAME}.",
                "Give the step a shorter name.",
            )


@rule(when=always)
def one_step_starts_and_one_ends(graph: FlowGraph) -> Iterator[Problem]:
    """A flow has exactly one start step and one end step, by name or by annotation."""
    for role, found in (("start", graph.start_step), ("end", graph.end_step)):
        annotated = [node for node in graph if (node.is_start_step if role == "start" else node.is_end_step)]
        if len(annotated) > 1 and len(graph) > 1:
            yield annotated[1].place.problem(
                f"several steps are annotated with @step({role}=True): {listed(node.name for node in annotated)}.",
                fix=f"Keep {role}=True at one of them.",
            )
        elif found is None and role not in graph.methods:
            yield graph.place.problem(
                f"flow '{graph.name}' has no {role} step; it needs exactly one.",
                fix=f"Name a step '{role}', or mark one with @step({role}=True).",
            )


@rule(when=always)
def methods_that_are_meant_as_steps_are_steps(graph: FlowGraph) -> Iterator[Problem]:
    """A method that a transition leads to, or that is called as the first or last step, is marked with @step."""
    roles = {role for role, found in (("start", graph.start_step), ("end", graph.end_step)) if found is None}
    led_to = {name for node in graph for name in node.out_funcs}
    for name in graph.methods:
        if name in led_to or name in roles:
            yield _def_place(name, *graph.methods[name]).problem(
                f"'{name}' is a method of flow '{graph.name}', but not a step"
                + (f", and {listed(_leading_to(graph, name))} leads to it." if name in led_to else "."),
                fix="Write @step above its def.",
            )


def _def_place(name: str, file: str, line: int) -> SourceSpan:
    source = Sources().of(file)
    definition = source.function_at(line, name) if source else None
    return source.name_place(definition) if source and definition else line_place(file, line)


def _leading_to(graph: FlowGraph, name: str) -> list[str]:
    return [node.name for node in graph if name in node.out_funcs]


@rule(when=always)
def annotation_and_name_agree(graph: FlowGraph) -> Iterator[Problem]:
    """Beside a step that is annotated as start (or end) there is none of that name."""
    for role, chosen in (("start", graph.start_step), ("end", graph.end_step)):
        if chosen not in (None, role) and role in graph:
            yield graph[role].place.problem(
                f"the {role} step is ambiguous: '{chosen}' is annotated with @step({role}=True), and here is a step "
                f"called '{role}'.",
                fix=f"Give this step another name, or remove {role}=True from '{chosen}'.",
            )


@rule(when=always)
def functions_can_be_steps(graph: FlowGraph) -> Iterator[Problem]:
    """A step is a plain method, written in a file, whose first argument is `self`."""
    for node in graph:
        yield from node.flaws


@rule(when=always)
def steps_take_self_and_perhaps_inputs(graph: FlowGraph) -> Iterator[Problem]:
    """A step takes `self`, a join also `inputs`."""
    for node in graph:
        if node.num_args == 0:
            yield node.place.problem(
                f"step '{node.name}' is missing the 'self' argument.", fix=f"Write def {node.name}(self):"
            )
        elif node.num_args > 2:
            yield node.place.problem(
                f"step '{node.name}' has too many arguments: a step takes 'self', and a join 'self' and 'inputs'.",
                fix="Pass values between steps as artifacts: self.x = … in one, self.x in the next.",
            )


@rule(when=always)
def first_and_last_steps_join_nothing(graph: FlowGraph) -> Iterator[Problem]:
    """The start and the end step take no `inputs`."""
    for role, name in (("end", graph.end_step), ("start", graph.start_step)):
        if name and graph[name].num_args == 2:
            yield graph[name].place.problem(
                f"the {role} step '{name}' cannot be a join step, but takes a second argument.",
                fix=f"Write def {name}(self):" + (" and add a join step before it." if role == "end" else ""),
            )
            return


@rule(when=always)
def joins_do_not_split(graph: FlowGraph) -> Iterator[Problem]:
    """A step either joins branches or opens new ones."""
    for node in graph:
        if node.num_args == 2 and (node.splits or node.branches) and node.name != graph.start_step:
            yield node.place.problem(
                f"step '{node.name}' is both a join step (it takes inputs) and a split step (it has several targets).",
                fix="Add a step, so that one joins and the next one splits.",
            )
