"""`self.next` on behalf of a step whose code was skipped or replaced: read from the flow's graph. TASK phase."""

from __future__ import annotations

from typing import Any, Mapping

from airflow_provider_flows.errors import InvalidNext
from airflow_provider_flows.flow.next_call import Transition, make_transition
from airflow_provider_flows.graph.flow_graph import Node
from airflow_provider_flows.graph.step_type import StepType


def replay_next(flow: Any, step: str, arguments: Mapping[str, Any] | None = None) -> None:
    """Set the step's transition as its own `self.next` would, with `arguments` in place of its keywords.

    A switch needs `{"branch": "step"}`, or its condition's artifact set by whoever skips it; InvalidNext otherwise.
    Nothing happens for the end step.
    """
    state, keywords = flow._flows_state, dict(arguments or {})
    node: Node = state.graph[step]
    state.transition = None
    if node.type is StepType.END:
        return
    if node.branches:
        state.transition = Transition((_branch(flow, node, keywords),))
        return
    if node.parallel_foreach:
        keywords["num_parallel"] = _count(node, keywords)
    elif node.maps and "foreach" not in keywords:
        keywords["foreach"] = node.foreach_param
    targets = [getattr(flow, target) for target in node.out_funcs]
    state.transition = make_transition(flow, targets, keywords)


def _count(node: Node, arguments: Mapping[str, Any]) -> Any:
    if "num_parallel" in arguments:
        return arguments["num_parallel"]
    if node.num_parallel is None:
        raise InvalidNext(
            f"Step {node.name!r} was skipped, and nothing determines how many tasks come next. "
            'In the decorator, yield {"num_parallel": …}.'
        )
    return node.num_parallel


def _branch(flow: Any, node: Node, arguments: Mapping[str, Any]) -> str:
    if "branch" in arguments:
        name = str(getattr(arguments["branch"], "__name__", arguments["branch"]))
        if name not in node.out_funcs:
            raise InvalidNext(f"Switch step {node.name!r} has no branch {name!r}. It has: {_branches(node)}.")
        return name
    if not _is_decided(flow, node.condition):
        raise InvalidNext(
            f"Switch step {node.name!r} was skipped, and nothing determines which branch to take. In the decorator, "
            f'yield {{"branch": "…"}} with one of {_branches(node)}, or set flow.{node.condition} before it.'
        )
    value = getattr(flow, str(node.condition))
    for case, target in node.cases:
        if _case_value(flow, case) == value:
            return target
    cases = [case for case, _ in node.cases]
    raise InvalidNext(
        f"Switch step {node.name!r}: {node.condition!r} is {value!r}, which is not one of its cases {cases}."
    )


def _is_decided(flow: Any, condition: str | None) -> bool:
    """Whether the condition was set for this step, not left over from one before; a parameter always is."""
    state = flow._flows_state
    if condition in state.flow_level_names:
        return True
    return condition in flow.__dict__ and condition not in state.loaded


def _case_value(flow: Any, case: object) -> object:
    if isinstance(case, str) and case.startswith("config:"):
        value = flow
        for part in case[len("config:") :].split("."):
            value = getattr(value, part)
        return value
    return case


def _branches(node: Node) -> str:
    return ", ".join(dict.fromkeys(node.out_funcs))
