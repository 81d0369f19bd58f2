"""What is attached to a step is one thing, whether it is read from the function or from the typed view on it."""

from __future__ import annotations

from typing import Any

from airflow_provider_flows import retry, step
from airflow_provider_flows.flow.attachments import StepAttachments, attachments_of


@retry(times=1)
@step(start=True, node_info={"a": 1})
def work(self: Any) -> None:
    """Do nothing."""


def test_the_view_and_the_function_say_the_same() -> None:
    function: Any = work
    view = attachments_of(function)
    assert [each.name for each in view.decorators] == ["retry"] and view.decorators is function.decorators
    assert (view.name, view.is_step, view.is_start_step, view.is_end_step) == ("work", True, True, False)
    assert view.node_info == {"a": 1} and {*StepAttachments.__annotations__} > {*vars(function)} - {"__wrapped__"}


def test_what_code_for_metaflow_assigns_to_the_function_is_seen_and_the_other_way_round() -> None:
    function: Any = step(lambda self: None)
    view = attachments_of(function)
    function.decorators = [retry]
    assert view.decorators is function.decorators
    view.wrappers = []
    assert function.wrappers is view.wrappers and attachments_of(function).wrappers is view.wrappers
    assert view.flows_owner is None and view.flows_context is None


def test_a_copy_for_one_flow_shows_nothing_of_what_is_attached_to_another() -> None:
    function: Any = step(lambda self: None)
    shared = list(function.decorators), function.decorators
    attachments_of(function).belong_to(StepAttachments)
    function.decorators.append(retry)
    assert (shared[0], shared[1]) == ([], []) and attachments_of(function).flows_owner is StepAttachments
