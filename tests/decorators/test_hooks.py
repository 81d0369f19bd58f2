"""Which hook runs when, with what, and what becomes of its exceptions; the table in the docs is checked against it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.context import ExecutionPhase
from airflow_provider_flows.decorators.base import FlowDecorator, StepDecorator

from tests.decorators.tracing import FIELDS, FLOW_HOOKS, STEP_HOOKS, TRACE, Trace, ctx_of, hooks
from tests.flow.sources import flow, two_steps
from tests.support.runner import run_flow, write_flow

DOCS = Path(__file__).parents[2] / "docs" / "decorators.md"
IMPORTS = "from tests.decorators.tracing import *\n"
LEGACY = "legacy = step_tracer('legacy')\n"
CTX = "ctx = step_tracer('ctx', STEP_HOOKS)\n"
SOME = "some = step_tracer('some', ('task_pre_step', 'task_post_step', 'task_exception'))\n"


@pytest.fixture(autouse=True)
def trace() -> Iterator[Trace]:
    """What decorators note during this test."""
    TRACE.clear()
    yield TRACE
    TRACE.clear()


def traced(above: str, before: str = "", step: str = "self.next(self.end)", on_flow: str = "") -> str:
    """Return a flow of two steps, `above` on the first one."""
    body = f"{above}\n@step\ndef start(self):\n    {step}\ndef end(self): pass"
    return flow(body, IMPORTS + (before or LEGACY), on_flow)


def one(trace: Trace, hook: str, decorator: str = "legacy") -> dict[str, Any]:
    (found,) = [each for each in trace if (each["hook"], each["decorator"]) == (hook, decorator)]
    return found


def calls(trace: Trace, hook: str, decorator: str) -> list[dict[str, Any]]:
    """Return the arguments of each call of a hook."""
    return [each["arguments"] for each in trace if (each["hook"], each["decorator"]) == (hook, decorator)]


def rows() -> list[list[str]]:
    """Return the table of hooks in the docs: the cells of each row, without code marks."""
    section = DOCS.read_text(encoding="utf-8").split("<!-- hooks -->")[1]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines]


def documented(column: int) -> list[str]:
    """Return the hooks that the table says run: 3 is `flows-compile`, 4 is `execute()`, 5 is a local run."""
    names = [(re.sub(r"\(.*", "", row[0]), row[column]) for row in rows()]
    return [name for name, mark in names if mark.startswith("yes")]


def test_the_table_of_hooks_has_them_all_with_their_signatures() -> None:
    table = {re.sub(r"\(.*", "", row[0]): row for row in rows()}
    assert set(table) == {
        *FLOW_HOOKS,
        *STEP_HOOKS,
        "init",
        "add_to_package",
        "step_task_retry_count",
        "operator_arguments",
    }
    for hook in (*FLOW_HOOKS, *STEP_HOOKS):
        base: Any = FlowDecorator if hook in FLOW_HOOKS else StepDecorator
        parameters = [name for name in inspect.signature(getattr(base, hook)).parameters if name != "self"]
        assert table[hook][0] == f"{hook}({', '.join(parameters)})"
        assert table[hook][1].startswith(f"{ctx_of(hook)}(") and getattr(base, ctx_of(hook)) is None


@pytest.mark.parametrize("variant", ["legacy", "ctx"])
def test_the_hooks_of_a_compile_are_those_of_the_table(tmp_path: Path, trace: Trace, variant: str) -> None:
    source = traced(
        f"@{variant}", LEGACY + CTX + f"flowly = flow_tracer('flowly', {variant == 'ctx'})", on_flow="@flowly"
    )
    compile_flow(CompileOptions(write_flow(tmp_path, source)))
    assert spoken(trace) == set(documented(3))
    assert {each["fields"]["phase"] for each in trace} == {ExecutionPhase.LAUNCH}


@pytest.mark.parametrize("variant", ["legacy", "ctx"])
@pytest.mark.parametrize("fails", [False, True])
def test_the_hooks_of_a_task_are_those_of_the_table(tmp_path: Path, trace: Trace, variant: str, fails: bool) -> None:
    step = "if 1: raise ValueError\n    self.next(self.end)" if fails else "self.next(self.end)"
    before = LEGACY + CTX + f"flowly = flow_tracer('flowly', {variant == 'ctx'})"
    run = run_flow(tmp_path, traced(f"@{variant}", before, step, "@flowly"))
    assert (run.failed is not None) == fails
    wanted = set(documented(4)) - {"task_post_step" if fails else "task_exception"}
    assert spoken(trace) == wanted
    assert {each["fields"]["phase"] for each in trace} == {ExecutionPhase.TASK}


def spoken(trace: Trace) -> set[str]:
    """Return the hooks of a trace by their legacy names."""
    names = set()
    for each in trace:
        hook = each["hook"]
        if hook == "task_step_completed_ctx":
            hook = "task_exception_ctx" if each["arguments"].get("exception") else "task_post_step_ctx"
        names.add(hook.removesuffix("_ctx"))
    return names


def test_hooks_run_in_the_order_of_the_table(tmp_path: Path, trace: Trace) -> None:
    run_flow(tmp_path, traced("@legacy", LEGACY + "flowly = flow_tracer('flowly')", on_flow="@flowly"))
    order = ["flow_init", "init", "step_init", "task_pre_step", "task_decorate", "task_post_step", "task_finished"]
    assert [hook for hook in hooks(trace) if hook != "step_task_retry_count"] == order
    assert [name for name in documented(4) if name in order] == order


def test_a_ctx_variant_wins_hook_by_hook(tmp_path: Path, trace: Trace) -> None:
    run_flow(tmp_path, traced("@some", SOME))
    found = [hook for hook in hooks(trace) if hook not in ("init", "step_task_retry_count")]
    assert found == ["step_init", "task_pre_step_ctx", "task_decorate", "task_step_completed_ctx", "task_finished"]


def test_both_styles_work_in_one_step_in_the_order_of_the_list(tmp_path: Path, trace: Trace) -> None:
    run_flow(tmp_path, traced("@some\n@ctx\n@legacy", LEGACY + CTX + SOME))
    called = [(each["hook"], each["decorator"]) for each in trace if "step_task" not in each["hook"]]
    stages = ["step_init", "task_pre_step", "task_decorate", "task_(post_step|step_completed)", "task_finished"]
    for stage in stages:
        assert [name for hook, name in called if re.match(stage, hook)] == ["legacy", "ctx", "some"], stage


def test_legacy_hooks_get_the_values_of_their_signatures(tmp_path: Path, trace: Trace) -> None:
    body = """
def start(self):
    self.xs = [1, 2]
    self.next(self.body, foreach="xs")
@retry(times=2)
@legacy
@step
def body(self): self.next(self.join)
@other
@step
def join(self, inputs): self.next(self.end)
def end(self): pass
"""
    run = run_flow(tmp_path, flow(body, IMPORTS + LEGACY + "other = step_tracer('other')"))
    first, second = calls(trace, "task_pre_step", "legacy")
    assert (first["step_name"], first["run_id"], first["task_id"]) == ("body", "run", "body-0")
    assert (second["task_id"], second["retry_count"], second["max_user_code_retries"]) == ("body-1", 0, 2)
    assert first["flow"].input == 1 and first["graph"]["body"].out_funcs == ("join",)
    assert first["inputs"] is None and first["ubf_context"] is None and first["task_datastore"] is run.store
    joined = one(trace, "task_pre_step", "other")["arguments"]
    assert [each.index for each in joined["inputs"]] == [0, 1]
    assert one(trace, "task_finished", "other")["arguments"]["is_task_ok"] is True
    (init,) = calls(trace, "step_init", "legacy")
    assert init["step_name"] == "body" and [each.name for each in init["decorators"]] == ["legacy", "retry"]
    init["logger"]("can be called", head="as ", bad=False)


def test_each_task_decorate_wraps_what_the_one_before_made(tmp_path: Path) -> None:
    before = """
def wrapping(name):
    def task_decorate(self, step_func, flow, graph, retry_count, max_user_code_retries, ubf_context):
        def wrapped(*args):
            flow.log = [*getattr(flow, 'log', []), name, step_func.__name__]
            return step_func(*args)
        wrapped.__name__ = name
        return wrapped
    return step_tracer(name, task_decorate=task_decorate)
inner, outer = wrapping('inner'), wrapping('outer')
"""
    run = run_flow(tmp_path, traced("@outer\n@inner", before))
    assert run("start", "log") == ["outer", "inner", "inner", "start"]


def test_what_task_decorate_returns_is_given_the_inputs_of_a_join(tmp_path: Path) -> None:
    body = """
def start(self): self.next(self.a, self.b)
def a(self): self.next(self.join)
def b(self): self.next(self.join)
@deco
@step
def join(self, inputs): self.next(self.end)
def end(self): pass
"""
    before = """
def task_decorate(self, step_func, flow, *rest):
    def wrapped(inputs):
        flow.count = len(inputs)
        return step_func(inputs)
    return wrapped
deco = step_tracer('deco', task_decorate=task_decorate)
"""
    assert run_flow(tmp_path, flow(body, IMPORTS + before))("join", "count") == 2


def test_a_task_decorate_without_a_function_is_named(tmp_path: Path) -> None:
    run = run_flow(tmp_path, traced("@deco", "deco = step_tracer('deco', task_decorate=lambda *a: None)"))
    assert run.failed is not None and "task_decorate of @deco returned None" in str(run.failed.exception)


@pytest.mark.parametrize("hook", ["task_pre_step", "task_decorate", "task_post_step"])
def test_an_exception_in_a_hook_is_told_to_all_and_can_be_caught(tmp_path: Path, trace: Trace, hook: str) -> None:
    before = LEGACY + f"def fail(self, *a): raise ValueError('in {hook}')\nbad = step_tracer('bad', {hook}=fail)\n"
    run = run_flow(tmp_path, traced("@legacy\n@bad", before))
    assert run.failed is not None and str(run.failed.exception) == f"in {hook}"
    assert {each["decorator"] for each in trace if each["hook"] == "task_exception"} == {"bad", "legacy"}
    assert [each["arguments"]["is_task_ok"] for each in trace if each["hook"] == "task_finished"] == [False, False]
    caught = run_flow(tmp_path, traced("@catch(var='oops')\n@bad", before), run_id="caught")
    assert caught("end", "oops").exception == f"in {hook}"


def test_a_failure_is_told_to_every_decorator_and_any_of_them_may_handle_it(tmp_path: Path, trace: Trace) -> None:
    before = LEGACY + (
        "def handle(self, exception, step_name, flow, *a):\n    flow.next(flow.end)\n    return True\n"
        "handler = step_tracer('handler', task_exception=handle)\n"
    )
    step = "if 1: raise ValueError('x')\n    self.next(self.end)"
    run = run_flow(tmp_path, traced("@legacy\n@handler", before, step))
    assert (run.failed, run.record("start").outcome, run.reached("end")) == (None, "caught", True)
    assert str(one(trace, "task_exception")["arguments"]["exception"]) == "x"
    assert one(trace, "task_finished")["arguments"]["is_task_ok"] is True


def test_the_completion_hook_is_called_again_when_a_later_one_fails(tmp_path: Path, trace: Trace) -> None:
    before = SOME + "def fail(self, *a): raise ValueError('late')\nbad = step_tracer('bad', task_post_step=fail)\n"
    run_flow(tmp_path, traced("@bad\n@some", before))
    first, second = calls(trace, "task_step_completed_ctx", "some")
    assert (first.get("exception"), str(second["exception"])) == (None, "late")
    assert first["args"] == second["args"] == ("start",)


def test_an_exception_in_an_exception_hook_fails_the_step(tmp_path: Path) -> None:
    before = "def fail(self, *a): raise KeyError('worse')\nbad = step_tracer('bad', task_exception=fail)\n"
    run = run_flow(tmp_path, traced("@bad", before, "if 1: raise ValueError('first')\n    self.next(self.end)"))
    assert run.failed is not None and run.failed.record.outcome == "failed"
    assert isinstance(run.failed.exception, KeyError) and isinstance(run.failed.exception.__context__, ValueError)


def test_task_finished_comes_after_the_record_and_its_exception_ends_the_task(tmp_path: Path) -> None:
    before = (
        "def finished(self, *a): raise ValueError(self.system_ctx.task_datastore.steps('F', 'run'))\n"
        "bad = step_tracer('bad', task_finished=finished)\n"
    )
    with pytest.raises(ValueError, match="start"):
        run_flow(tmp_path, traced("@bad", before))


def test_a_process_that_ends_leaves_a_record_but_calls_no_completion_hooks(tmp_path: Path, trace: Trace) -> None:
    run = run_flow(tmp_path, flow("@legacy\n@step\ndef start(self): raise SystemExit(1)", IMPORTS + LEGACY))
    assert run.record("start").outcome == "failed"
    assert {"task_post_step", "task_exception"}.isdisjoint(hooks(trace)) and "task_finished" in hooks(trace)


def test_init_runs_where_the_class_itself_defines_it(tmp_path: Path, trace: Trace) -> None:
    before = LEGACY + (
        "from airflow_provider_flows.decorators.attach import step_decorator\n"
        "child = step_decorator(type('child', (legacy.decorator_class,), {'name': 'child'}))\n"
    )
    run_flow(tmp_path, traced("@child\n@legacy", before))
    assert (hooks(trace, "legacy").count("init"), hooks(trace, "child").count("init")) == (1, 0)


def test_every_field_of_the_context_is_right_in_every_hook(tmp_path: Path, trace: Trace) -> None:
    body = """
def start(self):
    self.xs = [1, 2]
    self.next(self.body, foreach="xs")
@retry(times=1)
@ctx
@legacy
@step
def body(self):
    assert self.index or system_context.retry_count, "the first one fails once"
    self.next(self.join)
@legacy
@step
def join(self, inputs): self.next(self.end)
def end(self): pass
"""
    run = run_flow(tmp_path, flow(body, IMPORTS + LEGACY + CTX))
    indices = {"body-0": 0, "body-1": 1}
    for each in (each for each in trace if each["fields"]["task_id"] in indices):
        fields = each["fields"]
        assert fields["split_index"] == indices[fields["task_id"]] and type(fields["split_index"]) is int
        assert (fields["is_cloned"], fields["max_user_code_retries"], fields["run_id"]) == (False, 1, "run")
        assert fields["input_paths"] == ["F/run/start/start"] and fields["inputs"] is None
        assert fields["task_datastore"] is run.store and fields["environment"] == "airflow"
        if "retry_count" in each["arguments"]:
            assert each["arguments"]["retry_count"] == fields["retry_count"]
    counts = [each["fields"]["retry_count"] for each in trace if each["hook"] == "task_pre_step"]
    assert counts == [0, 1, 0, 0], "the first item is tried twice"
    joined = [each["fields"] for each in trace if each["hook"] == "task_pre_step"][-1]
    assert joined["input_paths"] == ["F/run/body/body-0", "F/run/body/body-1"] and len(joined["inputs"]) == 2
    assert (joined["split_index"], joined["max_user_code_retries"]) == (None, 0)


def test_no_field_of_a_task_is_known_before_there_is_one(tmp_path: Path, trace: Trace) -> None:
    run_flow(tmp_path, traced("@legacy"))
    for hook in ("init", "step_init"):
        fields = one(trace, hook)["fields"]
        known = {name for name in FIELDS if fields[name] is not None}
        assert known == {"phase", "run_id", "environment", "flow_datastore"}, hook


TAKEN = """
from airflow_provider_flows import StepDecorator
from airflow_provider_flows.decorators.attach import step_decorator
class Taken(StepDecorator):
    name = "taken"
    kind = spec = described = given = _given = _kind = _spec = None
    def task_post_step(self, *_):
        assert [self.kind, self.spec, self.described, self.given, self._given, self._kind, self._spec] == [None] * 7
taken = step_decorator(Taken)
"""


def test_a_decorator_may_use_any_name_for_its_own(tmp_path: Path) -> None:
    assert run_flow(tmp_path, two_steps("pass", TAKEN, "@taken")).failed is None


def test_a_custom_decorator_may_have_a_method_of_any_name(tmp_path: Path) -> None:
    methods = "    def _initialise(self): pass\n    def pre_step(self, *_): self._initialise()"
    before = f"class Mine(UserStepDecorator):\n{methods}"
    assert run_flow(tmp_path, two_steps("pass", before, "@Mine")).failed is None
