"""What is said when a step reads an attribute that its flow does not have. TASK phase."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_flows.flow.state import FlowState


def no_attribute(flow: Any, name: str) -> AttributeError:
    """Return the error of reading `flow.<name>`; it says where the value is to be had, if it is anywhere near."""
    error: Any = AttributeError(_Words(flow, name))
    error.name = None  # else Python 3.12 and later look for a near name as well, among those that are loaded by chance
    return error  # type: ignore[no-any-return]


class _Words:
    """The words of the error, found when somebody reads them: `hasattr` and `getattr` never do."""

    def __init__(self, flow: Any, name: str) -> None:
        self._flow, self._name = flow, name

    def __str__(self) -> str:
        return f"Flow {type(self._flow).__name__} has no attribute {self._name!r}{self._hint()}"

    def __repr__(self) -> str:
        return repr(str(self))

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)

    def _hint(self) -> str:
        found = where_it_is(self._flow, self._name)
        return f". {found}" if found else ""


def where_it_is(flow: Any, name: str) -> str:
    """Return where the value of an attribute is to be had that a flow object does not have; "" if nowhere near."""
    from airflow_provider_flows.graph.wording import suggest  # only where somebody reads it

    state: FlowState | None = flow.__dict__.get("_flows_state")
    if state is None or name.startswith("__"):
        return ""
    if isinstance(inspect.getattr_static(type(flow), name, None), property):
        return f"The property {name!r} reads something that is not there."
    branch = next((each for each in state.inputs or () if name in each._flows_state.refs), None)
    if branch is not None:
        shown = f"{branch._flows_state.shown_as}.{name}"
        return f"A join takes nothing over by itself: read {shown}, or call self.merge_artifacts(inputs) first."
    near = suggest(name, _public(flow), f"{state.shown_as}.{{0}}")
    for each in () if near else state.inputs or ():
        near = near or suggest(name, each._flows_state.refs, f"{each._flows_state.shown_as}.{{0}}")
    return near or ""


def _public(flow: Any) -> list[str]:
    names = {*flow._flows_state.refs, *flow.__dict__, *dir(type(flow))}
    return sorted(name for name in names if not name.startswith("_"))
