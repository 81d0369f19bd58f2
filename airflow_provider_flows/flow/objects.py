"""Make an object of a flow, whatever its own `__init__` takes, without starting its command line. LAUNCH and TASK."""

from __future__ import annotations

import contextlib
import contextvars
import inspect
from typing import TYPE_CHECKING, Any, Iterator

from airflow_provider_flows.errors import FlowNotLoadable, words_of
from airflow_provider_flows.flow.state import FlowState
from airflow_provider_flows.flow.tracebacks import raised_at

if TYPE_CHECKING:
    from airflow_provider_flows.flow.flowspec import FlowSpec


class FlowStarted(BaseException):
    """A file would start the command line of this flow now; see `telling_what_starts`."""

    def __init__(self, flow_class: type[FlowSpec]) -> None:
        super().__init__(flow_class.__name__)
        self.flow_class = flow_class


_starts_are_told: contextvars.ContextVar[bool] = contextvars.ContextVar("flows_starts_are_told", default=False)
_being_made: contextvars.ContextVar[bool] = contextvars.ContextVar("flows_object_is_being_made", default=False)


def make_flow(flow_class: type[FlowSpec], state: FlowState | None = None) -> Any:
    """Return an object of the flow with `state` behind it; FlowNotLoadable when its own `__init__` fails.

    An `__init__` that takes `use_cli` is given False; any other is called without arguments, as Metaflow 2.19's users
    write `MyFlow()`. What it sets on the object is there in every step, as if the step had set it first.
    """
    arguments = {"use_cli": False} if _takes_use_cli(flow_class) else {}
    with _making():
        try:
            flow = flow_class(**arguments)
        except (Exception, SystemExit) as error:
            raise FlowNotLoadable(
                f"{flow_class.__name__}.__init__ failed: {words_of(error)} "
                f"(at {raised_at(error)}). It is called without arguments, for each step; give its parameters defaults."
            ) from error
    # An __init__ that does not call the one of FlowSpec has made no state.
    flow.__dict__["_flows_state"] = state or flow.__dict__.get("_flows_state") or FlowState()
    return flow


def may_start(flow_class: type[FlowSpec]) -> bool:
    """Whether the command line of a flow may start now that `flow_class()` was called: not while we make the object.

    FlowStarted where somebody only wants to know which flow starts.
    """
    if _starts_are_told.get():
        raise FlowStarted(flow_class)
    return not _being_made.get()


@contextlib.contextmanager
def telling_what_starts() -> Iterator[None]:
    """While the block runs, `MyFlow()` raises FlowStarted."""
    token = _starts_are_told.set(True)
    try:
        yield
    finally:
        _starts_are_told.reset(token)


def _takes_use_cli(flow_class: type) -> bool:
    parameters = inspect.signature(flow_class.__init__).parameters  # type: ignore[misc]
    return "use_cli" in parameters or any(each.kind is each.VAR_KEYWORD for each in parameters.values())


@contextlib.contextmanager
def _making() -> Iterator[None]:
    token = _being_made.set(True)
    try:
        yield
    finally:
        _being_made.reset(token)
