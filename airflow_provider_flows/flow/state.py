"""What a flow object knows besides its artifacts: where it is in the graph and how to load them. TASK phase."""

from __future__ import annotations

import reprlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Mapping, NamedTuple

if TYPE_CHECKING:
    from airflow_provider_flows.flow.inputs import Inputs
    from airflow_provider_flows.flow.next_call import Transition
    from airflow_provider_flows.graph.flow_graph import FlowGraph
    from airflow_provider_flows.store import AttemptRecord


@dataclass(frozen=True)
class Frame:
    """One foreach around a task: its step, the artifact it iterates over, the number of items, and this one's index.

    `label` is the item as a person recognises it (`divisor=2`), shortened; `value` is not kept here but loaded.
    """

    step: str
    var: str
    num_splits: int
    index: int
    label: str

    def to_json(self) -> dict[str, Any]:
        return dict(self.__dict__)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Frame:
        return cls(**data)


class ForeachFrame(NamedTuple):
    """One foreach around a task, as `self._foreach_stack` shows it (Metaflow 2.19).

    `step` is the first one of the foreach's body, `value` the item as at most 30 characters of text.
    """

    step: str
    var: str
    num_splits: int
    index: int  # type: ignore[assignment]  # hides `tuple.index`, as there
    value: str


VALUE_LENGTH = 30
"""Characters of an item that a frame shows (Metaflow 2.19)."""


def shown_value(item: object) -> str:
    """Return an item as a frame shows it (Metaflow 2.19: `str` of plain values, else `reprlib`'s)."""
    return (str(item) if isinstance(item, (str, int, float)) else reprlib.repr(item))[:VALUE_LENGTH]


def _nothing_to_load(wanted: object) -> Any:
    raise KeyError(wanted)


@dataclass
class FlowState:
    """The state behind one flow object; never persisted.

    `refs` are the artifacts that show through when an attribute is not set: the parent's, or in a join the ones
    merged. `timeout_is_enforced` tells @timeout that somebody else, Airflow, sets the alarm. `flow_level` caches
    Parameters and class constants; `loaded` remembers which attributes came from `refs` unchanged. `inputs` are those
    of a join, each of which is `shown_as` what the join calls it. `attempt` is the number of the attempt where whoever
    asked for it counts them, `record` what it left, once that is committed.
    """

    step_name: str | None = None
    run_id: str | None = None
    graph: FlowGraph | None = None
    frames: tuple[Frame, ...] = ()
    refs: dict[str, Any] = field(default_factory=dict)
    flow_level: dict[str, Any] = field(default_factory=dict)
    flow_level_names: frozenset[str] = frozenset()
    loaded: dict[str, Any] = field(default_factory=dict)
    load_ref: Callable[[Any], Any] = _nothing_to_load
    load_item: Callable[[int], Any] = _nothing_to_load
    transition: Transition | None = None
    timeout_is_enforced: bool = False
    inputs: Inputs | None = None
    shown_as: str = "self"
    attempt: int | None = None
    record: AttemptRecord | None = None

    def load(self, name: str) -> Any:
        """Return the value of artifact `name`; KeyError when there is none."""
        return self.load_ref(self.refs[name])
