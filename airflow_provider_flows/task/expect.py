"""What a step's transition must be, checked inside the attempt. TASK phase.

Genuine Metaflow leaves this to its scheduler, after the task was recorded as successful; here a wrong transition fails
the attempt that made it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from airflow_provider_flows.errors import InvalidNext, TooManySplits
from airflow_provider_flows.flow.next_call import Transition
from airflow_provider_flows.graph.flow_graph import FlowGraph, Node
from airflow_provider_flows.graph.step_type import StepType


@dataclass(frozen=True)
class SplitLimit:
    """How many items a foreach may have here, and the setting that says so."""

    count: int
    setting: str

    def check(self, step: str, count: int) -> None:
        """TooManySplits when `count` is beyond the limit."""
        if count > self.count:
            raise TooManySplits(
                f"Step {step!r} splits into {count} items, and at most {self.count} can be mapped over. "
                f"Raise {self.setting}, or split into fewer items."
            )


def check_transition(flow: Any, graph: FlowGraph, step: str, limit: SplitLimit | None = None) -> None:
    """InvalidNext unless the step went where the graph says that it goes; TooManySplits beyond `limit`."""
    node, transition = graph[step], flow._flows_state.transition
    if node.type is StepType.END:
        if transition is not None:
            raise InvalidNext(f"Step {step!r} is the end and must not call self.next(). Remove the call.")
        return
    if transition is None:
        raise InvalidNext(
            f"Step {step!r} ended without calling self.next(), and should go to {_listed(node)}. "
            "Make self.next() the last statement, on every way through the step."
        )
    if not _fits(node, transition):
        raise InvalidNext(
            f"Step {step!r} goes to {', '.join(transition.targets)}, and by its last statement it should go to "
            f"{_listed(node)}. Let the last self.next() be the only one."
        )
    if limit is not None and transition.num_splits is not None:
        limit.check(step, transition.num_splits)


def _fits(node: Node, transition: Transition) -> bool:
    if node.branches:
        return len(transition.targets) == 1 and transition.targets[0] in node.out_funcs
    splits = transition.foreach is not None, transition.is_parallel
    return transition.targets == tuple(node.out_funcs) and splits == (node.maps, node.parallel_foreach)


def _listed(node: Node) -> str:
    return ("one of " if node.branches else "") + ", ".join(dict.fromkeys(node.out_funcs))
