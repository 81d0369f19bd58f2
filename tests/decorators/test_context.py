"""The system context: what it knows, what decorators tell each other through it, and that it belongs to one task."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows import context as module
from airflow_provider_flows.compiler.compile import Compiled, compile_flow
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.context import ExecutionPhase, SystemContext, current_context, entered, system_context
from airflow_provider_flows.decorators.lifecycle import finish, run_body

from tests.decorators.tracing import STEP_HOOKS, step_tracer
from tests.flow.sources import flow
from tests.support.runner import run_flow, write_flow

TASKS = 16
TASK_FIELDS = ("task_id", "split_index", "retry_count", "max_user_code_retries", "is_cloned", "task_datastore")
Entered = Callable[[SystemContext], contextlib.AbstractContextManager[SystemContext]]


@contextlib.contextmanager
def entered_globally(context: SystemContext) -> Iterator[SystemContext]:
    """What `entered` must not be: one context for the whole process, refreshed by each task."""
    module._outside._fields.update(context._fields)
    yield context


def run_sixteen(enter: Entered) -> list[tuple[int, str, dict[str, Any]]]:
    """Run 16 tasks at once, in threads that wait for each other in each hook; return what hooks saw of another's."""
    together = threading.Barrier(TASKS, timeout=20)
    wrong: list[tuple[int, str, dict[str, Any]]] = []

    def check(mine: int, hook: str) -> None:
        together.wait()
        seen = {name: getattr(system_context, name) for name in TASK_FIELDS}
        if seen != fields(mine):
            wrong.append((mine, hook, seen))

    def hooked(mine: int) -> Any:
        def ctx(hook: str) -> Callable[..., Any]:
            def method(self: Any, *args: Any, **kwargs: Any) -> Any:
                check(mine, hook)
                return args[-1] if hook == "task_decorate" else None

            return method

        methods = {f"{hook}_ctx": ctx(hook) for hook in ("task_pre_step", "task_decorate", "task_finished")}
        cls: Any = step_tracer("deco").decorator_class
        return type("deco", (cls,), {**methods, "task_step_completed_ctx": ctx("completed")})({})

    def task(mine: int) -> None:
        decorators = [hooked(mine)]
        with enter(SystemContext(flow_context, **fields(mine))) as context:
            values = context._values(step_name="step")
            run_body(decorators, [], lambda: check(mine, "body"), values, after=lambda: None)
            finish(decorators, values, True)

    flow_context = SystemContext(phase=ExecutionPhase.LAUNCH)
    with ThreadPoolExecutor(TASKS) as pool:
        list(pool.map(task, range(TASKS)))
    return wrong


def fields(index: int) -> dict[str, Any]:
    values = (f"task-{index}", index, index, 3, bool(index % 2), f"store-{index}")
    return dict(zip(TASK_FIELDS, values, strict=True))


def test_no_hook_sees_a_field_of_another_task() -> None:
    assert run_sixteen(entered) == []


def test_that_law_would_notice_a_context_that_is_a_global() -> None:
    try:
        assert run_sixteen(entered_globally)
    finally:
        module._outside._fields.clear()


def test_tasks_of_an_event_loop_have_contexts_of_their_own() -> None:
    async def task(index: int) -> int:
        with entered(SystemContext(split_index=index)):
            await asyncio.sleep(0)
            return int(system_context.split_index)

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*map(task, range(TASKS)))

    assert asyncio.run(all_at_once()) == list(range(TASKS))


def test_a_task_sees_its_flows_fields_and_the_flow_none_of_its() -> None:
    parent = SystemContext(phase=ExecutionPhase.TASK, run_id="r")
    child = SystemContext(parent, task_id="t", split_index=3)
    assert (child.run_id, child.is_task, child.task_id, parent.task_id) == ("r", True, "t", None)


def test_outside_of_a_flow_every_field_is_none() -> None:
    assert system_context.flow is None and system_context.split_index is None and not system_context.is_launch
    with entered(SystemContext(run_id="r")) as mine:
        assert current_context() is mine and system_context.run_id == "r"
    assert system_context.run_id is None


def test_unknown_fields_are_rejected() -> None:
    context = SystemContext()
    with pytest.raises(AttributeError, match="no field 'step_name'"):
        context._update(step_name="start")
    with pytest.raises(AttributeError, match="no field 'nope'"):
        SystemContext(nope=1)
    with pytest.raises(AttributeError, match="no field 'nope'"):
        _ = system_context.nope
    with pytest.raises(AttributeError):
        system_context.run_id = "mine"


def test_decorators_publish_under_a_step_a_namespace_and_a_key() -> None:
    parent = SystemContext()
    child = SystemContext(parent)
    child.publish("train", "timeout", "seconds", 5)
    assert parent.get_published("train", "timeout", "seconds") == 5
    assert parent.get_published("end", "timeout", "seconds", "none") == "none"
    assert parent.has_published("train", "timeout") and parent.has_published("train", "timeout", "seconds")
    assert not parent.has_published("train", "timeout", "hours") and not parent.has_published("end", "timeout")
    everything = parent.get_all_published("train", "timeout")
    everything["seconds"] = 9
    assert parent.get_all_published("train", "timeout") == {"seconds": 5}


SEEN = """
def step_init_ctx(self, step_name):
    self.seen = [each.name for each in self.system_ctx.get_step_decorators(step_name)]
seer = step_tracer('seer', step_init_ctx=step_init_ctx)
class M(StepMutator):
    def mutate(self, m): m.add_decorator('timeout:seconds=5')
"""
IMPORTS = "from tests.decorators.tracing import *\n"
STEPS = "{above}\n@step\ndef start(self): self.next(self.end)\ndef end(self): pass"


def test_decorators_attached_late_are_known(tmp_path: Path) -> None:
    source = flow(STEPS.format(above="@M\n@seer"), IMPORTS + SEEN)
    run = run_flow(tmp_path, source, specs=("retry",))
    seer = run.runtime.step("start").decorators[0]
    assert seer.seen == ["seer", "retry", "timeout"]
    assert [each.name for each in run.runtime.context.get_step_decorators("end")] == ["retry"]


def compiled(folder: Path, above: str, before: str = "") -> Compiled:
    return compile_flow(CompileOptions(write_flow(folder, flow(STEPS.format(above=above), IMPORTS + before))))


LONGER = """
def step_init_ctx(self, step_name):
    limit = self.system_ctx.get_published(step_name, 'timeout', 'seconds')
    self.system_ctx.publish(step_name, 'timeout', 'seconds', 2 * limit)
    self.system_ctx.publish(step_name, 'resources', 'cpu', 64)
longer = step_tracer('longer', step_init_ctx=step_init_ctx)
"""


def test_the_compiler_takes_limits_as_they_are_published(tmp_path: Path) -> None:
    (task, *_) = compiled(tmp_path, "@longer\n@timeout(seconds=5)\n@resources(cpu=2)", LONGER).plan.blocks
    arguments = dict(getattr(task, "arguments"))  # noqa: B009
    assert arguments["execution_timeout"].total_seconds() == 10
    assert "cpu 64" in arguments["doc_md"] and arguments["step_resources"]["cpu"] == 64


FORGET = """
def step_init_ctx(self, step_name):
    self.system_ctx._published.clear()
forget = step_tracer('forget', step_init_ctx=step_init_ctx)
"""


def test_what_nobody_published_is_read_from_the_decorators(tmp_path: Path) -> None:
    (task, *_) = compiled(tmp_path, "@forget\n@timeout(seconds=5)\n@resources(cpu=2)", FORGET).plan.blocks
    arguments = dict(getattr(task, "arguments"))  # noqa: B009
    assert arguments["execution_timeout"].total_seconds() == 5
    assert "cpu 2" in arguments["doc_md"]


def test_what_is_published_when_compiling_is_published_again_in_the_task(tmp_path: Path) -> None:
    body = """
@longer
@timeout(seconds=5)
@resources(cpu=2)
@step
def start(self):
    self.limit = system_context.get_published('start', 'timeout', 'seconds')
    self.asked = system_context.get_all_published('start', 'resources')
    self.next(self.end)
def end(self): pass
"""
    run = run_flow(tmp_path, flow(body, IMPORTS + LONGER))
    assert run("start", "limit") == 10
    assert run("start", "asked") == {"cpu": 64, "gpu": None, "disk": None, "memory": "4096", "shared_memory": None}
    assert run.runtime.context.get_published("end", "timeout", "seconds") is None


def test_every_hook_of_the_tracer_is_one_of_the_base_class() -> None:
    assert all(hasattr(step_tracer("t").decorator_class, hook) for hook in STEP_HOOKS)
