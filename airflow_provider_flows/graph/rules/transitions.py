"""Rules about transitions: each can be read, leads somewhere, and all ways lead from start to end. LAUNCH only."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_provider_flows.errors import Problem
from airflow_provider_flows.graph.flow_graph import FlowGraph, Node, SourceSpan
from airflow_provider_flows.graph.nesting import cut_loops, known_edges
from airflow_provider_flows.graph.rules.table import always, loopless, rule, transitions_known, unreachable
from airflow_provider_flows.graph.wording import suggest


@rule(when=always)
def end_goes_nowhere(graph: FlowGraph) -> Iterator[Problem]:
    """The end step has no `self.next`; of a step that is the only one because others lack @step, others tell."""
    end = graph[graph.end_step] if graph.end_step else None
    if end and end.tail and graph.methods.keys().isdisjoint(end.out_funcs):
        yield end.tail.problem(
            f"the end step '{end.name}' should not have a self.next() transition.", fix="Just remove it."
        )


@rule(when=always)
def steps_end_with_a_transition(graph: FlowGraph) -> Iterator[Problem]:
    """The last statement of every step but the end step is `self.next(…)`."""
    for node in graph:
        if node.name == graph.end_step or node.is_end_step or node.tail or node.tail_flaws:
            continue
        if node.stray is None:
            yield node.place.problem(
                f"step '{node.name}' is missing a self.next() transition to the next step.",
                fix="Add self.next(self.<step>) as its last line.",
            )
        else:
            yield node.stray.problem(
                f"step '{node.name}' is missing a self.next() transition as its last statement: it calls it elsewhere.",
                fix=_stray_fix(node.stray),
            )


def _stray_fix(stray: SourceSpan) -> str:
    if stray.text.strip().startswith("return"):
        return "Remove the return before it."
    return "Make it the last line of the step, outside of if, for, with and try; to choose a step, use condition=."


@rule(when=always)
def transitions_have_a_known_form(graph: FlowGraph) -> Iterator[Problem]:
    """`self.next(…)` has one of the forms that can be read without running it."""
    for node in graph:
        if node.name != graph.end_step:
            yield from node.tail_flaws


@rule(when=always)
def transitions_lead_to_steps(graph: FlowGraph) -> Iterator[Problem]:
    """`self.next(…)` names steps of the flow."""
    for node in graph:
        for name, place in _transitions(graph, node):
            if name not in graph and name not in graph.methods:
                yield place.problem(
                    f"step '{node.name}' has a self.next() transition to an unknown step, '{name}'.",
                    fix=suggest(name, (step for step in graph.nodes if step != node.name), "self.{0}")
                    or f"Add @step def {name}(self): to the flow.",
                )


@rule(when=always)
def switches_have_two_cases(graph: FlowGraph) -> Iterator[Problem]:
    """A switch has at least two cases; they may lead to the same step."""
    for node in graph:
        if node.branches and len(node.out_funcs) < 2 and node.tail and not node.tail_flaws:
            yield node.tail.problem(
                f"step '{node.name}' switches between {len(node.out_funcs)} cases; a switch needs at least 2.",
                fix=f"Add a case, or write self.next(self.{node.out_funcs[0]}).",
            )


@rule(when=always)
def switches_can_be_left(graph: FlowGraph) -> Iterator[Problem]:
    """A recursive switch has a case that leads to another step."""
    for node in graph:
        if node.repeats and set(node.out_funcs) == {node.name} and node.tail and node.name != graph.start_step:
            yield node.tail.problem(
                f"step '{node.name}' switches to itself in every case, so it would never end.",
                fix="Add a case that leads to another step.",
            )


@rule(when=always)
def nothing_leads_to_start(graph: FlowGraph) -> Iterator[Problem]:
    """The start step has no incoming transitions, not even its own."""
    for node in graph:
        for name, place in _transitions(graph, node):
            if name == graph.start_step and len(graph) > 1:
                yield place.problem(
                    f"step '{node.name}' leads to the start step '{name}', which must have no incoming transitions.",
                    fix=f"To run '{name}' again, make it an ordinary step after a new start step.",
                )


@rule(when=transitions_known)
def ways_do_not_loop(graph: FlowGraph) -> Iterator[Problem]:
    """No way leads back to where it came from, except that a switch may list itself."""
    edges = known_edges(graph.nodes)
    for name, targets in edges.items():  # `nothing_leads_to_start` and `end_goes_nowhere` speak of these
        edges[name] = [target for target in targets if target != graph.start_step and name != graph.end_step]
    for loop in cut_loops(edges):
        last = graph[loop[-2]]
        yield last.out_places[last.out_funcs.index(loop[-1])].problem(
            f"there is a loop in the flow: {' -> '.join(loop)}.",
            fix="Only a switch may repeat, by listing itself as one of its cases.",
        )


@rule(when=loopless)
def steps_can_be_reached(graph: FlowGraph) -> Iterator[Problem]:
    """Some way leads from the start step to every step.

    Of a second `start`, `annotation_and_name_agree` has told; every way that does not loop reaches the end step.
    """
    lost = [name for name in unreachable(graph) if name not in ("start", graph.end_step)]
    entries = [name for name in lost if not graph[name].in_funcs]
    for name in entries:
        after = " (nor are those after it)" if len(lost) > len(entries) else ""
        yield graph[name].place.problem(
            f"step '{name}' is unreachable from the start step '{graph.start_step}'{after}.",
            fix=f"Add self.next(self.{name}) to another step, or remove '{name}'.",
        )


@rule(when=transitions_known)
def parallel_steps_are_entered_as_such(graph: FlowGraph) -> Iterator[Problem]:
    """`num_parallel=` leads to a step with @parallel, nothing else leads to one, and a join follows it."""
    for node in graph:
        if node.parallel_step and (node.name == graph.start_step or node.branches):
            role = "the start step" if node.name == graph.start_step else "a switch"
            yield node.place.problem(
                f"step '{node.name}' is {role}, which cannot have a @parallel decorator.",
                fix="Give the decorator to a step of its own, between a num_parallel= and its join.",
            )
            continue
        for name, place in _transitions(graph, node):
            if node.parallel_foreach and not graph[name].parallel_step:
                yield place.problem(
                    f"step '{node.name}' uses num_parallel=, but step '{name}' has no @parallel decorator.",
                    fix=f"Add @parallel to '{name}'.",
                )
            if graph[name].parallel_step and not node.parallel_foreach:
                yield place.problem(
                    f"step '{name}' has a @parallel decorator, but step '{node.name}' calls it without num_parallel=.",
                    fix=f"Write self.next(self.{name}, num_parallel=…).",
                )
            if node.parallel_step and not graph[name].takes_inputs:
                yield graph[name].place.problem(
                    f"step '{name}' follows the @parallel step '{node.name}', but is not a join step.",
                    fix=f"Write def {name}(self, inputs):",
                )


def _transitions(graph: FlowGraph, node: Node) -> list[tuple[str, SourceSpan]]:
    """Return each step that `node` leads to, once, with the place that says so; nothing for the end step."""
    if node.name == graph.end_step:
        return []
    places = dict(zip(reversed(node.out_funcs), reversed(node.out_places)))
    return [(name, places[name]) for name in dict.fromkeys(node.out_funcs)]
