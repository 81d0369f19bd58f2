"""What a join gets as `inputs`: one flow object for each branch that it joins. TASK phase."""

from __future__ import annotations

from typing import Any, Iterator, Sequence


class Inputs:
    """The joined branches: in the order of the split's branches, or of the foreach's items.

    `inputs[i]`, iteration and `len()` see all of them; `inputs.some_step` is the branch that came from that step
    (in a foreach, the last item's).
    """

    def __init__(self, flows: Sequence[Any]) -> None:
        self._flows = list(flows)
        self._by_step = {flow._flows_state.step_name: flow for flow in self._flows}
        for index, flow in enumerate(self._flows):
            several = len(self._by_step) < len(self._flows)
            flow._flows_state.shown_as = f"inputs[{index}]" if several else f"inputs.{flow._flows_state.step_name}"

    def __getitem__(self, index: Any) -> Any:
        return self._flows[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._flows)

    def __len__(self) -> int:
        return len(self._flows)

    def __getattr__(self, step: str) -> Any:
        if step.startswith("__"):
            raise AttributeError(step)
        branches: dict[str, Any] = self.__dict__.get("_by_step", {})
        if step in branches:
            return branches[step]
        state = next((flow._flows_state for flow in branches.values() if step in flow._flows_state.refs), None)
        if state is not None:
            raise AttributeError(f"inputs holds branches, not their artifacts: read {state.shown_as}.{step}")
        names = ", ".join(sorted(branches)) or "none"
        raise AttributeError(f"no branch of this join came from a step {step!r}; those that did: {names}")
