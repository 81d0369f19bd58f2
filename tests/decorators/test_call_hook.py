"""How a hook is called is derived from its specification, which is Metaflow's and what the docs say."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from airflow_provider_flows.decorators.base import StepDecorator
from airflow_provider_flows.decorators.hooks import HOOKS, call_hook

from tests.decorators.test_hooks import rows

SIGNATURES = """
import inspect, json
from metaflow.decorators import FlowDecorator, StepDecorator
from metaflow.system_context import system_context
print(json.dumps({
    name: [list(inspect.signature(getattr(cls, name)).parameters)[1:], hasattr(cls, name + "_ctx")]
    for cls in (FlowDecorator, StepDecorator)
    for name in dir(cls)
    if name.startswith(("flow_", "step_init", "package_", "runtime_", "task_")) and not name.endswith("_ctx")
}))
"""


class Renaming(StepDecorator):
    def task_exception(self, error, name, *rest):  # type: ignore[no-untyped-def,override]
        return error, name, rest


class Completed(StepDecorator):
    def task_step_completed_ctx(self, step_name, exception="none given"):  # type: ignore[no-untyped-def,override]
        return step_name, exception


VALUES = {
    **{"step_name": "fit", "flow": "F", "graph": "G", "retry_count": 1, "max_user_code_retries": 2},
    **{"exception": "E", "unasked": "for"},
}


def split(signature: str) -> tuple[str, tuple[str, ...]]:
    """Return name and arguments of `name(argument, …)`."""
    name, _, arguments = signature.rstrip(")").partition("(")
    return name, tuple(re.findall(r"\w+", arguments))


@pytest.mark.parametrize(("signature", "variant"), [row[:2] for row in rows() if row[1]])
def test_arguments_are_those_of_the_docs(signature: str, variant: str) -> None:
    name, arguments = split(signature)
    hook = HOOKS[name]
    assert (hook.arguments.positional, hook.arguments.named) == (arguments, ())
    given = [each for each in hook.variant_arguments.named if each in arguments]
    assert (hook.variant, (*hook.variant_arguments.positional, *given)) == split(variant)


def test_arguments_are_those_of_metaflow(metaflow_python: str) -> None:
    shown = subprocess.run([metaflow_python, "-c", SIGNATURES], capture_output=True, text=True, check=True).stdout
    theirs = {name: tuple(arguments) for name, (arguments, _) in json.loads(shown).items()}
    assert {name: hook.arguments.positional for name, hook in HOOKS.items()} == theirs
    coalesced = {name for name, (_, has_own) in json.loads(shown).items() if not has_own}
    assert {name for name, hook in HOOKS.items() if hook.variant != f"{name}_ctx"} == coalesced


def test_a_hook_gets_its_arguments_by_position_whatever_it_calls_them() -> None:
    assert call_hook(Renaming(), "task_exception", VALUES) == ("E", "fit", ("F", "G", 1, 2))


def test_a_variant_is_told_of_an_exception_only_where_there_is_one() -> None:
    without = {name: value for name, value in VALUES.items() if name != "exception"}
    assert call_hook(Completed(), "task_exception", VALUES) == ("fit", "E")
    assert call_hook(Completed(), "task_post_step", without) == ("fit", "none given")


@pytest.mark.parametrize("name", HOOKS)
def test_a_class_without_a_variant_says_so_as_in_metaflow(name: str) -> None:
    assert getattr(StepDecorator, HOOKS[name].variant, None) is None
