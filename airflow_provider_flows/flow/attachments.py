"""`StepAttachments`: what `@step` and the decorators above it leave on a step function, typed. All phases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from airflow_provider_flows.context import SystemContext
    from airflow_provider_flows.decorators.base import StepDecorator
    from airflow_provider_flows.decorators.mutators import StepMutator
    from airflow_provider_flows.decorators.user_step import UserStepDecorator


class StepAttachments:
    """A view on the attributes of a step function: Metaflow 2.19's, and two of ours.

    Code written for Metaflow reads them from the function, and assigns them there anew (`step.decorators = […]`). So
    nothing is kept here: the view and the function have one dictionary.
    """

    is_step: bool
    name: str
    decorators: list[StepDecorator]
    """Those with hooks, the one closest to the `def` first."""
    wrappers: list[UserStepDecorator]
    """User step decorators, the one closest to the `def` first."""
    config_decorators: list[StepMutator]
    is_start_step: bool
    is_end_step: bool
    node_info: dict[str, Any] | None
    flows_owner: type | None = None
    """The flow class that this function was copied for; None as long as flows that extend one class share it."""
    flows_context: SystemContext | None = None
    """The context of the flow that was set up last, for hooks that are called outside of any task."""

    def list_of(self, kind: str) -> list[Any]:
        """Return the list that decorators with this `_flows_list` are in."""
        held: list[Any] = getattr(self, kind)
        return held

    def belong_to(self, owner: type) -> None:
        """Let what is attached from now on show on this function alone: its lists become its own."""
        self.decorators, self.wrappers = list(self.decorators), list(self.wrappers)
        self.config_decorators = list(self.config_decorators)
        self.flows_owner = owner


def attachments_of(step: Callable[..., Any]) -> StepAttachments:
    """Return the attachments of a step function."""
    view = StepAttachments.__new__(StepAttachments)
    view.__dict__ = vars(step)
    return view


def attach(function: Callable[..., Any], *, start: bool, end: bool, node_info: dict[str, Any] | None) -> None:
    """Make a function a step, to which nothing else is attached yet."""
    step = attachments_of(function)
    step.is_step, step.name = True, function.__name__
    step.decorators, step.wrappers, step.config_decorators = [], [], []
    step.is_start_step, step.is_end_step, step.node_info = start, end, node_info
