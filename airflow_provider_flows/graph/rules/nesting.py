"""Rules about splits and joins: what a split opens, one join closes. LAUNCH; no task runs this."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_provider_flows.errors import Problem
from airflow_provider_flows.graph.flow_graph import FlowGraph, Node
from airflow_provider_flows.graph.nesting import Nest, arriving, branch_of, leaving, meeting_point
from airflow_provider_flows.graph.rules.table import nesting_known, rule
from airflow_provider_flows.graph.wording import listed


@rule(when=nesting_known)
def joins_close_a_split(graph: FlowGraph) -> Iterator[Problem]:
    """A step that takes `inputs` comes after a split that is still open."""
    for node in _told_apart(graph):
        if _is_join(graph, node) and not any(arriving(graph, node)):
            yield node.place.problem(
                f"step '{node.name}' is a join step (it takes inputs), but it is not preceded by a split.",
                fix=f"Write def {node.name}(self):, or split before it.",
            )


@rule(when=nesting_known)
def joins_close_one_split(graph: FlowGraph) -> Iterator[Problem]:
    """All steps that lead to a join belong to the same split."""
    for node in _told_apart(graph):
        if _is_join(graph, node) and not _alike(arriving(graph, node)):
            inside = " and ".join(
                f"'{parent}' (in {listed(split for split, _ in nest) if nest else 'no split'})"
                for parent, nest in zip(node.in_funcs, arriving(graph, node))
            )
            yield node.place.problem(
                f"step '{node.name}' joins steps from unrelated splits: {inside}.",
                fix="Join the inner split first: each split needs a join of its own.",
            )


@rule(when=nesting_known)
def joins_gather_every_branch(graph: FlowGraph) -> Iterator[Problem]:
    """A join waits for all branches of the split that it closes: it cannot join some of them."""
    for node in _closing_joins(graph):
        missing = _missing_branches(graph, node)
        if missing:
            yield node.place.problem(
                f"step '{node.name}' joins the split of step '{node.closes}', which has "
                f"{len(graph[node.closes or ''].out_funcs)} branches, but no way leads to it from {listed(missing)}.",
                fix=f"Let every branch lead to '{node.name}'; a join cannot take only some of them.",
            )


@rule(when=nesting_known)
def branches_meet_in_a_join(graph: FlowGraph) -> Iterator[Problem]:
    """A step that several branches of one split lead to must take `inputs`."""
    for node in _told_apart(graph):
        nests = arriving(graph, node)
        if node.takes_inputs or node.name == graph.end_step or len(set(nests)) < 2:
            continue
        if _alike(nests):
            yield node.place.problem(
                f"step '{node.name}' joins branches of the split of step '{nests[0][-1][0]}', but takes no inputs.",
                fix=f"Write def {node.name}(self, inputs):"
                + ("" if _all_meet(graph, node, nests) else ", and let all branches lead to it."),
            )
        else:
            yield node.place.problem(
                f"step '{node.name}' is reached both inside and outside of a split, from {listed(node.in_funcs)}.",
                fix="Join the split before it, or give each way a step of its own.",
            )


@rule(when=nesting_known)
def splits_are_joined(graph: FlowGraph) -> Iterator[Problem]:
    """No split is still open when the end step is reached."""
    end = graph[graph.end_step or ""]
    told = {node.closes for node in _closing_joins(graph) if _missing_branches(graph, node)}
    tangled = _tangled(graph)
    entering = [leaving(graph[parent], end.name) for parent in end.in_funcs if parent not in tangled]
    for split in dict.fromkeys(split for nest in entering for split, _ in nest):
        if split not in told and not end.takes_inputs:
            yield (graph[split].tail or graph[split].place).problem(
                f"the end step '{end.name}' is reached before the {_kind(graph[split])} of step '{split}' was joined.",
                fix=_join_fix(graph, split, end.name),
            )


@rule(when=nesting_known)
def splits_have_one_join(graph: FlowGraph) -> Iterator[Problem]:
    """All branches of a split meet in the same join.

    (Metaflow 2.19 lets switches lead the branches to different joins; the run then fails for missing inputs.)
    """
    first: dict[str, str] = {}
    for node in _closing_joins(graph):
        split = graph[node.closes or ""]
        if split.name in first and not _missing_branches(graph, node):
            yield node.place.problem(
                f"step '{node.name}' joins the {_kind(split)} of step '{split.name}', "
                f"which '{first[split.name]}' joins as well.",
                fix="Let the arms of the switch meet again before the join.",
            )
        first.setdefault(split.name, node.name)


@rule(when=nesting_known)
def splits_have_children(graph: FlowGraph) -> Iterator[Problem]:
    """There is a step between a split or foreach and the join that closes it."""
    for node in graph:
        for name, place in zip(node.out_funcs, node.out_places):
            if node.splits and graph[name].takes_inputs:
                yield place.problem(
                    f"the {_kind(node)} of step '{node.name}' has no children: a join step, '{name}', follows it "
                    "immediately.",
                    fix=f"Add a step between '{node.name}' and '{name}'.",
                )


@rule(when=nesting_known)
def switches_do_not_lead_into_joins(graph: FlowGraph) -> Iterator[Problem]:
    """A conditional path cannot lead directly to a join step; where no split is open, it is not a join anyway."""
    for node in graph:
        for name, place in zip(node.out_funcs, node.out_places):
            if node.branches and graph[name].takes_inputs and node.split_parents:
                yield place.problem(
                    f"the switch of step '{node.name}' leads directly to the join step '{name}'.",
                    fix=f"Add an ordinary step between '{node.name}' and '{name}'.",
                )


def _join_fix(graph: FlowGraph, split: str, end: str) -> str:
    """Say which step should join a split: one that is a join in all but its arguments, or else a new one."""
    able = list(_after_all_branches(graph, split, end))
    meant = [name for name in able if graph[name].mentions_inputs or "join" in name]
    if meant:
        return f"Write def {meant[-1]}(self, inputs):"
    new = f"Add a join step before '{end}': def join_{split}(self, inputs):"
    return f"Write def {able[-1]}(self, inputs): if '{able[-1]}' is the join. Else: {new}" if able else new


def _after_all_branches(graph: FlowGraph, split: str, end: str) -> Iterator[str]:
    """Yield the steps that could join a split: every way from its branches to the end passes them."""
    name = meeting_point(graph, split)
    while name is not None and name != end:
        node = graph[name]
        if node.split_parents[-1:] == (split,) and name not in graph[split].out_funcs and not node.takes_inputs:
            yield name
        name = meeting_point(graph, name)


def _is_join(graph: FlowGraph, node: Node) -> bool:
    """Whether this is a join that no rule about arguments has rejected."""
    return node.num_args == 2 and node.name not in (graph.start_step, graph.end_step)


def _closing_joins(graph: FlowGraph) -> list[Node]:
    """Return the joins of which it is clear which split they close."""
    joins = [node for node in _told_apart(graph) if _is_join(graph, node)]
    return [node for node in joins if node.closes and _alike(arriving(graph, node))]


def _missing_branches(graph: FlowGraph, join: Node) -> list[str]:
    present = {branch_of(graph, join.name, parent) for parent in join.in_funcs}
    return [head for head in graph[join.closes or ""].out_funcs if head not in present]


def _alike(nests: list[Nest]) -> bool:
    """Whether nests differ in nothing but the branch of the innermost split."""
    return len({(nest[:-1], nest[-1][0] if nest else None) for nest in nests}) < 2


def _all_meet(graph: FlowGraph, node: Node, nests: list[Nest]) -> bool:
    """Whether all ways from the innermost split lead to this step: it is the split's join in all but its arguments."""
    return meeting_point(graph, nests[0][-1][0]) == node.name


def _told_apart(graph: FlowGraph) -> list[Node]:
    """Return the steps whose nest is known, because no step before them mixes nests."""
    tangled = _tangled(graph)
    return [node for node in graph if tangled.isdisjoint(node.in_funcs)]


def _tangled(graph: FlowGraph) -> set[str]:
    """Return the steps that mix nests, and all after them: a mistake there would only repeat the first one."""
    tangled: set[str] = set()
    for node in graph:
        if not tangled.isdisjoint(node.in_funcs) or _mixes(graph, node):
            tangled.add(node.name)
    return tangled


def _mixes(graph: FlowGraph, node: Node) -> bool:
    nests = arriving(graph, node)
    if not _alike(nests):
        return True
    if node.takes_inputs:
        childless = any(graph[parent].splits for parent in node.in_funcs)
        return childless or (any(nests) and bool(_missing_branches(graph, node)))
    return len(set(nests)) > 1 and not _all_meet(graph, node, nests)


def _kind(node: Node) -> str:
    return "foreach" if node.maps else "split"
