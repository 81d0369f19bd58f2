"""The frozen graph of a flow: its steps, their transitions and their nesting. Data only; any phase, any process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from airflow_provider_flows.errors import Problem
from airflow_provider_flows.graph.step_type import StepType

CaseKey = object
"""What a switch compares its condition with: a str, int, bool, … or `"config:<name>.<key>"` for `self.<name>.<key>`."""


@dataclass(frozen=True)
class SourceSpan:
    """A stretch of one source line: `line` is 1-based, columns are 0-based characters, `text` is the whole line."""

    file: str
    line: int
    column: int = 0
    end_column: int = 0
    text: str = ""

    def problem(self, message: str, fix: str | None = None) -> Problem:
        """Return what is wrong here."""
        return Problem(message, self.file, self.line, self.column, self.end_column, fix, self.text)


@dataclass(frozen=True)
class Node:
    """One step. Attribute names are those of Metaflow 2.19's `flow._graph[step]`, which tools in the wild read."""

    name: str
    place: SourceSpan
    """The step's name in its `def`."""
    type: StepType = StepType.UNKNOWN
    doc: str = ""
    num_args: int = 1
    is_start_step: bool = False
    is_end_step: bool = False
    parallel_step: bool = False
    mentions_inputs: bool = False
    """Whether the step's code reads `inputs` or merges artifacts, as joins do."""
    node_info: Mapping[str, object] = field(default_factory=dict, compare=False)

    tail: SourceSpan | None = None
    """The `self.next(…)` that ends the step."""
    stray: SourceSpan | None = None
    """A `self.next(…)` that is not the last statement, where `tail` is None."""
    out_funcs: tuple[str, ...] = ()
    """In source order; a switch lists the step of each case, so a step may occur twice."""
    out_places: tuple[SourceSpan, ...] = ()
    """Where each of `out_funcs` is written."""
    foreach_param: str | None = None
    """The artifact to iterate over; None where its name is computed at run time."""
    num_parallel: int | None = 0
    parallel_foreach: bool = False
    condition: str | None = None
    cases: tuple[tuple[CaseKey, str], ...] = ()
    flaws: tuple[Problem, ...] = ()
    """What is wrong with the function itself."""
    tail_flaws: tuple[Problem, ...] = ()
    """What is wrong with its `self.next(…)`, or why it could not be read."""

    in_funcs: tuple[str, ...] = ()
    """In topological order. A recursive switch does not list itself."""
    split_parents: tuple[str, ...] = ()
    """The open splits and foreaches, outermost first; for a join, the last one is the one that it closes."""
    split_branches: tuple[str, ...] = ()
    """The first step of the branch taken at each of `split_parents`; for a join, without the closed split's."""
    matching_join: str | None = None
    closes: str | None = None
    """For a join: the split or foreach step that it closes."""
    foreach_nest: tuple[str, ...] = ()
    """The foreach steps around this one, outermost first: not itself, and for a join not the foreach it closes."""

    @property
    def file(self) -> str:
        return self.place.file

    @property
    def line(self) -> int:
        return self.place.line

    @property
    def column(self) -> int:
        return self.place.column

    @property
    def end_column(self) -> int:
        return self.place.end_column

    @property
    def source_file(self) -> str:
        return self.place.file

    @property
    def func_lineno(self) -> int:
        return self.place.line

    @property
    def tail_next_lineno(self) -> int:
        return self.tail.line if self.tail else 0

    @property
    def has_tail_next(self) -> bool:
        return self.tail is not None

    @property
    def invalid_tail_next(self) -> bool:
        return bool(self.tail_flaws)

    @property
    def switch_cases(self) -> dict[CaseKey, str]:
        return dict(self.cases)

    @property
    def takes_inputs(self) -> bool:
        """Whether the step is written as a join: `def join(self, inputs)`."""
        return self.num_args > 1

    @property
    def is_inside_foreach(self) -> bool:
        return bool(self.foreach_nest)

    @property
    def splits(self) -> bool:
        """Whether all that the step leads to runs, and has to meet in a join: a split, or a foreach."""
        return self.type in (StepType.SPLIT, StepType.FOREACH)

    @property
    def maps(self) -> bool:
        """Whether the step leads to one step for each item: a foreach, or a `num_parallel`."""
        return self.type is StepType.FOREACH

    @property
    def branches(self) -> bool:
        """Whether the step leads to one of several steps: a switch."""
        return self.type is StepType.SWITCH

    @property
    def repeats(self) -> bool:
        """Whether this is a switch that lists itself, so that it can run again."""
        return self.branches and self.name in self.out_funcs

    @property
    def joins(self) -> bool:
        """Whether the step takes what several tasks left, and leads to one step."""
        return self.type is StepType.JOIN


@dataclass(frozen=True, eq=False)
class FlowGraph:
    """A flow's steps in topological order, ties in source order: the same for the same source.

    A graph can be built from any flow; `check_graph` says whether it is valid. Nesting attributes of nodes
    mean something only if it is.
    """

    name: str
    place: SourceSpan
    """The flow's name in its `class` statement."""
    nodes: Mapping[str, Node]
    doc: str = ""
    start_step: str | None = None
    end_step: str | None = None
    methods: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """File and first line of each method of the flow that is not a step."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", MappingProxyType(dict(self.nodes)))

    @property
    def file(self) -> str:
        return self.place.file

    @property
    def topological(self) -> tuple[str, ...]:
        """The names of the steps, each after all that lead to it."""
        return tuple(self.nodes)

    @property
    def sorted_nodes(self) -> list[str]:
        return list(self.nodes)

    def __getitem__(self, name: str) -> Node:
        return self.nodes[name]

    def __contains__(self, name: object) -> bool:
        return name in self.nodes

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def __len__(self) -> int:
        return len(self.nodes)
