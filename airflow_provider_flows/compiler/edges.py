"""The dependencies of a DAG as a person would write them: chains, lists, groups. LAUNCH phase, in `flows-compile`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from airflow_provider_flows.compiler.dag_plan import DagPlan, EdgePlan, GroupPlan, TaskPlan
from airflow_provider_flows.compiler.literals import LINE, Call, Chain, Name, one_line
from airflow_provider_flows.compiler.quoting import width

Statement = Chain | Call


@dataclass(frozen=True)
class NodeName:
    """The variable of a node, and whether it is a task in a group, seen from outside of that group."""

    name: Name
    in_group: bool = False


def group_edges(group: GroupPlan) -> list[Statement]:
    """Return the statements for the edges between the tasks of a group."""
    return list(_statements(group.edges, {task.task_id: NodeName(Name(task.variable)) for task in group.tasks}, 8))


def dag_edges(plan: DagPlan) -> tuple[list[Statement], set[str]]:
    """Return the statements for the edges between blocks, and the ids of the tasks and groups that they name."""
    edges = with_groups(plan)
    named = {node for edge in edges for node in (edge.upstream, edge.downstream)}
    return list(_statements(edges, _places(plan.blocks), 4)), named


def with_groups(plan: DagPlan) -> list[EdgePlan]:
    """Return the edges of a DAG with a group's name where an edge of the group says exactly the same.

    An edge from a group goes out of each task that nothing in the group comes after, an edge to it goes to each that
    nothing comes before. What `expand` itself implies is left out.
    """
    edges = list(dict.fromkeys(plan.edges))
    groups = [block for block in plan.blocks if isinstance(block, GroupPlan)]
    for group in groups:
        edges = _fold(edges, group, "upstream", _tasks_without(group, "upstream"))
        edges = _fold(edges, group, "downstream", _tasks_without(group, "downstream"))
    implied = {EdgePlan(group.over, node) for group in groups for node in (group.group_id, *_roots(group))}
    return [edge for edge in edges if edge not in implied]


def _tasks_without(group: GroupPlan, end: str) -> list[str]:
    """Return the tasks of a group that are at no edge's `end` inside of it."""
    inside = {getattr(edge, end) for edge in group.edges}
    return [task.task_id for task in group.tasks if task.task_id not in inside]


def _roots(group: GroupPlan) -> list[str]:
    return _tasks_without(group, "downstream")


def _fold(edges: Sequence[EdgePlan], group: GroupPlan, end: str, tasks: Sequence[str]) -> list[EdgePlan]:
    """Replace the edges that all of `tasks` have alike by one edge of their group."""
    there = set(edges)

    def folded(edge: EdgePlan) -> EdgePlan:
        alike = [_moved(edge, end, task) for task in tasks]
        return _moved(edge, end, group.group_id) if there.issuperset(alike) else edge

    return list(dict.fromkeys(folded(edge) if getattr(edge, end) in tasks else edge for edge in edges))


def _moved(edge: EdgePlan, end: str, node: str) -> EdgePlan:
    if end == "upstream":
        return EdgePlan(node, edge.downstream, edge.label)
    return EdgePlan(edge.upstream, node, edge.label)


def _places(blocks: Iterable[TaskPlan | GroupPlan]) -> dict[str, NodeName]:
    places: dict[str, NodeName] = {}
    for block in blocks:
        if isinstance(block, TaskPlan):
            places[block.task_id] = NodeName(Name(block.variable))
        else:
            places[block.group_id] = NodeName(Name(block.variable))
            places.update((task.task_id, NodeName(Name(task.variable), True)) for task in block.tasks)
    return places


def _statements(edges: Iterable[EdgePlan], places: Mapping[str, NodeName], indent: int) -> Iterator[Statement]:
    """Walk the edges from node to node in the order in which nodes are defined; each edge is written once."""
    order = {node: position for position, node in enumerate(places)}
    ahead: dict[str, list[EdgePlan]] = {node: [] for node in places}
    for edge in sorted(edges, key=lambda edge: (order[edge.downstream], edge.label or "")):
        ahead[edge.upstream].append(edge)
    for node in places:
        while ahead[node]:
            yield _Walk(ahead, places, LINE - indent).statement_from(node)


@dataclass
class _Walk:
    """One statement on its way through the edges that are still `ahead`."""

    ahead: dict[str, list[EdgePlan]]
    places: Mapping[str, NodeName]
    room: int

    def statement_from(self, node: str) -> Statement:
        first = self.ahead[node][0]
        if self._needs_a_call(first):
            self.ahead[node].remove(first)
            return self._call(first)
        parts: list[object] = [self.places[node].name]
        here: str | None = node
        while here is not None:
            here = self._step(here, parts)
        return Chain(tuple(parts))

    def _step(self, node: str, parts: list[object]) -> str | None:
        """Add the next part from `node`, and return where the chain goes on, if it does."""
        edges = [edge for edge in self.ahead[node] if not self._needs_a_call(edge)]
        fan = [edge for edge in edges if edge.label is None]
        if len(fan) > 1 and len(fan) == len(self.ahead[node]):
            return self._fan_out(node, fan, parts)
        for edge in edges[:1]:
            label = [] if edge.label is None else [Call("Label", (edge.label,))]
            if self._fits([*parts, *label, self.places[edge.downstream].name]):
                parts += [*label, self.places[edge.downstream].name]
                self.ahead[node].remove(edge)
                return edge.downstream
        return None

    def _fan_out(self, node: str, edges: list[EdgePlan], parts: list[object]) -> str | None:
        """Write as many of the edges as one list has room for; go on if all of them meet again at once."""
        while len(edges) > 1 and not self._fits([*parts, self._list(edges)]):
            edges = edges[:-1]
        if not self._fits([*parts, self._list(edges)]):
            return None
        parts.append(self._list(edges))
        self.ahead[node] = [edge for edge in self.ahead[node] if edge not in edges]
        if len(edges) == 1:
            return edges[0].downstream
        return self._meeting_point([edge.downstream for edge in edges], parts)

    def _meeting_point(self, nodes: list[str], parts: list[object]) -> str | None:
        meeting = self.ahead[nodes[0]][0].downstream if self.ahead[nodes[0]] else ""
        if any(self.ahead[node] != [EdgePlan(node, meeting)] for node in nodes):
            return None
        if not self._fits([*parts, self.places[meeting].name]):
            return None
        parts.append(self.places[meeting].name)
        for node in nodes:
            self.ahead[node].clear()
        return meeting

    def _list(self, edges: list[EdgePlan]) -> object:
        names = [self.places[edge.downstream].name for edge in edges]
        return names if len(names) > 1 else names[0]

    def _fits(self, parts: list[object]) -> bool:
        text = one_line(Chain(tuple(parts)))
        return text is not None and width(text) <= self.room

    def _needs_a_call(self, edge: EdgePlan) -> bool:
        """Whether `>>` cannot say it: Airflow takes a labelled edge of a task in a group for one of its group."""
        ends = [self.places[edge.upstream], self.places[edge.downstream]]
        if edge.label is None:
            return not self._fits([end.name for end in ends])
        return any(end.in_group for end in ends) or not self._fits(
            [ends[0].name, Call("Label", (edge.label,)), ends[1].name]
        )

    def _call(self, edge: EdgePlan) -> Call:
        upstream, downstream = self.places[edge.upstream].name, self.places[edge.downstream].name
        kwargs = () if edge.label is None else (("edge_modifier", Call("Label", (edge.label,))),)
        return Call(f"{upstream.name}.set_downstream", (downstream,), kwargs)
