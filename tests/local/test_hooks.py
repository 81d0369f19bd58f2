"""Which hooks a local run calls, in which of its processes, and what they know; the docs have the table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.decorators.test_hooks import documented
from tests.decorators.tracing import FILE, OTHERS, STEP_HOOKS
from tests.local.conftest import Finished

FLOW = """
    from airflow_provider_flows import FlowSpec, catch, retry, step
    from tests.decorators.tracing import STEP_HOOKS, flow_tracer, step_tracer

    on_flow = flow_tracer("on_flow")
    legacy = step_tracer("legacy")

    @on_flow
    class Traced(FlowSpec):
        @step
        def start(self):
            self.items = list(range(5))
            self.next(self.work, foreach="items")

        @catch(var="failure", print_exception=False)
        @legacy
        @retry(times=1)
        @step
        def work(self):
            assert self.index != 3
            self.next(self.join)

        @step
        def join(self, inputs):
            self.next(self.end)

        @step
        def end(self):
            pass
"""
IN_TASK = {"task_pre_step", "task_decorate", "task_post_step", "task_exception", "task_finished"}


def run(flows: Callable[..., Finished], folder: Path) -> list[dict[str, Any]]:
    file = folder / "trace"
    done = flows(FLOW, env={FILE: str(file)})
    assert done.code == 0, done.output
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_local_run_calls_every_hook_that_the_table_says(flows: Callable[..., Finished], tmp_path: Path) -> None:
    called = {each["hook"] for each in run(flows, tmp_path)}
    assert called == set(documented(5))
    assert called == {"flow_init", *STEP_HOOKS, *OTHERS} - {"operator_arguments"}


def test_hooks_of_tasks_run_where_user_code_does_and_the_others_in_the_launcher(
    flows: Callable[..., Finished], tmp_path: Path
) -> None:
    phases: dict[str, set[str]] = {}
    for each in run(flows, tmp_path):
        phases.setdefault(each["hook"], set()).add(each["phase"])
    assert all(phases[hook] == {"task"} for hook in IN_TASK)
    assert all(
        found == {"launch"} for hook, found in phases.items() if hook.startswith(("runtime_", "package_", "add_"))
    )
    assert phases["step_init"] == phases["flow_init"] == phases["init"] == {"launch", "task"}


def test_no_hook_sees_a_field_of_another_task(flows: Callable[..., Finished], tmp_path: Path) -> None:
    trace = run(flows, tmp_path)
    for hook in ("runtime_task_created", "runtime_step_cli", "task_pre_step", "task_finished"):
        seen = [(each["task_id"], each["split_index"]) for each in trace if each["hook"] == hook]
        assert set(seen) == {(f"work-{index}", index) for index in range(5)}
    tries = [each["retry_count"] for each in trace if each["hook"] == "runtime_step_cli" and each["split_index"] == 3]
    assert tries == [0, 1]
