"""Mutators: when they run, what they may change, and what happens where a decorator is there already."""

from __future__ import annotations

import textwrap
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from airflow_provider_flows.compiler.compile import Compiled, compile_flow
from airflow_provider_flows.errors import FlowsError

from tests.flow.sources import flow
from tests.support.options import compile_options
from tests.support.runner import Run, run_flow, write_flow

STEPS = """
{above}
@step
def start(self):
    self.next(self.end)
def end(self): pass
"""


def mutator(kind: str, name: str = "M", early: str = "pass", late: str = "pass", init: str = "") -> str:
    """Return a mutator; `m` is what it may change."""
    methods = f"def pre_mutate(self, m): {early}\ndef mutate(self, m): {late}\n" + (init and f"def init({init}\n")
    return f"class {name}({kind}):\n{textwrap.indent(methods, '    ')}\n"


def on_step(above: str = "@M", before: str = "", **kwargs: Any) -> str:
    return flow(STEPS.format(above=above), before or mutator("StepMutator", **kwargs))


def on_flow(above: str = "@M", before: str = "", **kwargs: Any) -> str:
    return flow(STEPS.format(above=""), before or mutator("FlowMutator", **kwargs), above)


def folder(parent: Path) -> Path:
    """Return a new folder: flows of one folder that are loaded by one process know each other's decorators."""
    return Path(mkdtemp(dir=parent))


def compiled(folder: Path, source: str, *specs: str) -> Compiled:
    return compile_flow(compile_options(write_flow(folder, source), decorators=specs))


def arguments(found: Compiled, step: str = "start") -> dict[str, Any]:
    """Return the operator arguments of a step."""
    return next(dict(block.arguments) for block in found.plan.blocks if getattr(block, "task_id", None) == step)


def decorators(run: Run, step: str = "start") -> list[str]:
    return [repr(each) for each in run.runtime.step(step).decorators]


def rejection(folder: Path, source: str, *specs: str) -> str:
    with pytest.raises(FlowsError) as error:
        run_flow(folder, source, specs=specs)
    return str(error.value)


def test_the_lifecycle_is_flow_before_step_and_early_before_late(tmp_path: Path) -> None:
    def note(what: str) -> str:
        return f"LOG.append({what!r})"

    def noting(kind: str) -> tuple[str, str, str]:
        return note(f"{kind} early"), note(f"{kind} late"), f"self): {note(f'{kind} init')}"

    parts = [
        "LOG = []",
        mutator("FlowMutator", "F1", *noting("flow")),
        mutator("StepMutator", "S1", *noting("step")),
        f"class Deco(UserStepDecorator):\n    def init(self): {note('wrapper init')}\n",
        f"class T(FlowDecorator):\n    name = 't'\n    def flow_init(self, *a): {note('flow_init')}\n",
        "from airflow_provider_flows.decorators.attach import flow_decorator\nt = flow_decorator(T)",
    ]
    source = flow(STEPS.format(above="@S1\n@Deco"), "\n".join(parts), "@t\n@F1")
    run = run_flow(tmp_path, source, specs=())
    order = [
        "flow init",
        "flow early",
        "step init",
        "step early",
        "flow_init",
        "flow late",
        "step late",
        "wrapper init",
    ]
    assert run.runtime.flow_class.start.__globals__["LOG"] == order


@pytest.mark.parametrize(
    "how", ["'retry:times=2'", "retry, deco_kwargs={'times': 2}", "RetryDecorator, None, {'times': 2}"]
)
@pytest.mark.parametrize("when", ["early", "late"])
def test_a_decorator_is_added_by_string_by_function_and_by_class(tmp_path: Path, how: str, when: str) -> None:
    before = "from airflow_provider_flows.decorators.builtin.retry import RetryDecorator\n"
    source = on_step(before=before + mutator("StepMutator", **{when: f"m.add_decorator({how})"}))
    assert decorators(run_flow(tmp_path, source)) == ["retry:times=2"]
    assert arguments(compiled(tmp_path, source))["retries"] == 2


def test_a_flow_mutator_changes_steps_and_their_tasks(tmp_path: Path) -> None:
    late = "[s.add_decorator('timeout:seconds=5') for name, s in m.steps if name == 'end']"
    found = compiled(tmp_path, on_flow(late=late))
    assert "execution_timeout" in arguments(found, "end") and "execution_timeout" not in arguments(found)


@pytest.mark.parametrize(
    ("call", "left"),
    [
        ("m.remove_decorator('retry')", []),
        ("m.remove_decorator('retry', deco_kwargs={'times': 1})", []),
        ("m.remove_decorator('retry', deco_kwargs={'times': 9})", ["retry:times=1"]),
        ("m.remove_decorator('catch')", ["retry:times=1"]),
    ],
)
def test_a_decorator_is_removed_by_name_and_arguments(tmp_path: Path, call: str, left: list[str]) -> None:
    assert decorators(run_flow(tmp_path, on_step("@M\n@retry(times=1)", late=f"self.r = {call}"))) == left


@pytest.mark.parametrize(
    ("policy", "left"),
    [("", "retry:times=1"), ("m.IGNORE", "retry:times=1"), ("self.OVERRIDE", "retry:times=2"), ("self.ERROR", None)],
)
def test_a_duplicate_is_ignored_replaced_or_rejected(tmp_path: Path, policy: str, left: str | None) -> None:
    given = f", duplicates={policy.replace('m.', 'self.')}" if policy else ""
    source = on_step("@M\n@retry(times=1)", late=f"self.added = m.add_decorator('retry:times=2'{given})")
    if left is None:
        assert "step 'start' has @retry already, and @M adds it again." in rejection(tmp_path, source)
        return
    run = run_flow(tmp_path, source)
    (held,) = run.runtime.step("start").config_decorators
    assert (decorators(run), held.added is None) == ([left], "times=1" in left)


def test_a_duplicate_is_told_by_its_name_whatever_its_class(tmp_path: Path) -> None:
    """As in Metaflow 2.19."""
    other = "type('Other', (type(m._step.decorators[0]),), {})"
    source = on_step("@M\n@retry(times=1)", late=f"m.add_decorator({other}, deco_kwargs={{'times': 2}})")
    assert decorators(run_flow(tmp_path, source)) == ["retry:times=1"]


def test_an_error_for_duplicates_is_for_authors_not_for_strings(tmp_path: Path) -> None:
    source = on_step("@retry(times=1)", late="m.add_decorator('retry:times=2', duplicates=self.ERROR)")
    assert decorators(run_flow(tmp_path, source, specs=("M",))) == ["retry:times=1"]


def test_added_decorators_know_who_inserted_them(tmp_path: Path) -> None:
    run = run_flow(tmp_path, on_step(late="m.add_decorator('retry')"))
    (held,) = run.runtime.step("start").decorators
    assert held.inserted_by[0].endswith(".M") and held.statically_defined
    run = run_flow(folder(tmp_path), on_step("", late="m.add_decorator('retry')"), specs=("M",))
    assert not run.runtime.step("start").decorators[0].statically_defined


def test_user_decorators_and_mutators_are_added_too(tmp_path: Path) -> None:
    parts = [
        "@user_step_decorator\ndef deco(step_name, flow, inputs=None, attributes=None):\n"
        "    flow.given = attributes\n    yield\n",
        mutator("StepMutator", "Inner", late="m.add_decorator(deco, deco_kwargs={'times': self.times})",
                init="self, times): self.times = times"),
        mutator("StepMutator", early="m.add_decorator(Inner, [3])"),
    ]  # fmt: skip
    run = run_flow(tmp_path, on_step(before="\n".join(parts)))
    assert run("end", "given") == {"times": 3}


def test_step_mutators_from_strings_get_their_init(tmp_path: Path) -> None:
    kwargs = {"late": "m.add_decorator('retry', deco_kwargs={'times': self.times})"}
    source = on_step("", init="self, times=1): self.times = times", **kwargs)
    assert decorators(run_flow(tmp_path, source, specs=("M:times=3",))) == ["retry:times=3"]
    assert decorators(run_flow(folder(tmp_path), source, specs=("M:0=2",))) == ["retry:times=2"]
    assert arguments(compiled(folder(tmp_path), source, "M:times=3"))["retries"] == 3


def test_a_flow_mutator_adds_changes_and_removes_parameters(tmp_path: Path) -> None:
    early = "(m.add_parameter('extra', Parameter('extra', default=7)), m.remove_parameter('p'))"
    source = on_flow(early=early).replace("    @step", "    p = Parameter('p', default=1)\n    @step", 1)
    assert run_flow(tmp_path, source).artifacts("end") == {"extra": 7, "name": "F"}
    assert [param.name for param in compiled(tmp_path, source).plan.params] == ["extra"]


def test_a_mutator_sees_configurations_parameters_and_decorators(tmp_path: Path) -> None:
    early = (
        "self.seen = (dict(m.configs), [n for n, _ in m.parameters], [n for n, _ in m.steps], m.c.n, m.start.name, "
        "m.start.has_decorator('retry'), [s[0::3] for s in m.start.decorator_specs])"
    )
    source = on_flow(early=early).replace(
        "    @step",
        "    c = Config('c', default_value={'n': 3})\n    p = Parameter('p', default=1)\n    @retry\n    @step",
        1,
    )
    run = run_flow(tmp_path, source)
    (held,) = run.runtime.flow_class._flow_mutators  # type: ignore[attr-defined]
    assert held.seen == ({"c": {"n": 3}}, ["p"], ["end", "start"], 3, "start", True, [("retry", {})])


def test_a_flow_mutator_adds_flow_decorators(tmp_path: Path) -> None:
    found = compiled(tmp_path, on_flow(early="m.add_decorator('schedule', deco_kwargs={'daily': True})"))
    assert dict(found.plan.arguments)["schedule"] == "@daily"
    removed = on_flow("@M\n@schedule(daily=True)", early="m.remove_decorator('schedule')")
    assert dict(compiled(tmp_path, removed).plan.arguments)["schedule"] is None


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (on_flow(late="m.add_parameter('x', Parameter('x'))"), "add_parameter can only be called in pre_mutate"),
        (on_flow(late="m.remove_parameter('x')"), "remove_parameter can only be called in pre_mutate"),
        (on_flow(late="m.add_decorator('schedule')"), "add_decorator can only be called in pre_mutate"),
        (on_flow(late="m.remove_decorator('schedule')"), "remove_decorator can only be called in pre_mutate"),
        (on_flow(early="m.add_parameter('start', Parameter('x'))"), "flow F has an attribute 'start' already"),
        (on_flow(early="m.add_parameter('x', 5)"), "'x' must be a Parameter, not 5"),
        (on_flow(early="m.add_decorator('retry')"), "'retry' is a decorator of steps"),
        (on_flow(early="m.add_decorator(retry)"), "@retry is a decorator of steps"),
        (on_flow(early="m.nope"), "flow F has no step, parameter or configuration 'nope'"),
        (on_step(early="m.add_decorator(schedule)"), "@schedule is a decorator of flows"),
        (on_step(late="m.add_decorator(M)"), "a StepMutator can only be added in pre_mutate"),
        (on_step(late="m.add_decorator('retry:times=1', deco_kwargs={'times': 2})"), "has arguments of its own"),
        (on_step(late="m.add_decorator('rety')"), "unknown decorator 'rety'. Did you mean 'retry'?"),
        (on_step(late="m.add_decorator(len)"), "is not a decorator"),
        (on_step(late="m.add_decorator('retry', deco_kwargs={'tims': 2})"), "does not support the attribute 'tims'"),
        (on_step(late="1 / 0"), "M failed: ZeroDivisionError: division by zero"),
        (on_step("@M(1)"), "@M is used with arguments but does not implement init"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_at_the_mutators_line(tmp_path: Path, source: str, words: str) -> None:
    message = rejection(tmp_path, source)
    assert words in message and ".py:" in message and "\n  @M" in message


def test_mutators_run_afresh_in_each_process_and_leave_base_classes_alone(tmp_path: Path) -> None:
    base = flow(STEPS.format(above="@M"), mutator("StepMutator", late="m.add_decorator('retry')"))
    (tmp_path / "base_of_two.py").write_text(base)
    child = "from airflow_provider_flows import *\nfrom base_of_two import F\nclass G(F): pass\n"
    for _ in range(2):
        assert decorators(run_flow(tmp_path, child)) == ["retry"]


def test_what_is_changed_carries_the_policies_as_constants(tmp_path: Path) -> None:
    step = on_step(
        above="@M\n@retry(times=1)", early="m.add_decorator('retry', deco_kwargs={'times': 3}, duplicates=m.OVERRIDE)"
    )
    assert arguments(compiled(folder(tmp_path), step))["retries"] == 3
    of_flow = on_flow(
        above="@M\n@project(name='plain')",
        early="m.add_decorator('project', deco_kwargs={'name': 'other'}, duplicates=m.IGNORE)",
    )
    assert "plain." in compiled(folder(tmp_path), of_flow).text
