"""What each try of a task is, by the retries that its decorators ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.decorators.budget import RetryBudget

from tests.flow.sources import two_steps
from tests.support.runner import write_flow


def kind(budget: RetryBudget, retry_count: int) -> str:
    """Return `code` or `fallback`, `, code follows` or `, last`: what a try is, and what may come after it."""
    what = "fallback" if budget.is_fallback(retry_count) else "code"
    after = ", code follows" if budget.retries_user_code(retry_count) else ""
    return what + after + (", last" if budget.is_last(retry_count) else "")


@pytest.mark.parametrize(
    ("user", "fallback", "tries"),
    [
        (0, 0, ["code, last"]),
        (1, 0, ["code, code follows", "code, last"]),
        (0, 2, ["code", "fallback", "fallback, last"]),
        (2, 1, ["code, code follows", "code, code follows", "code", "fallback, last"]),
    ],
)
def test_each_try_of_a_budget(user: int, fallback: int, tries: list[str]) -> None:
    budget = RetryBudget(user, fallback)
    assert [kind(budget, count) for count in range(budget.total + 1)] == tries
    assert budget.with_user(user + 1) == RetryBudget(user + 1, fallback)


ASKS = """
from airflow_provider_flows.decorators.attach import step_decorator

class Asks(StepDecorator):
    name = "asks"
    def operator_arguments(self):
        return {"retries": 5}

asks = step_decorator(Asks)
"""
FALLBACK = 3
"""The tries that @catch asks for."""


@pytest.mark.parametrize(
    ("above", "task_arg", "retries"),
    [
        ("@retry(times=2)", "", 2),
        ("@retry(times=2)", "start.retries=5", 5),
        ("@asks", "", 5),
        ("@catch", "", FALLBACK),
        ("@catch @retry(times=2)", "", 2 + FALLBACK),
        ("@catch @retry(times=2)", "start.retries=5", 5 + FALLBACK),
        ("@catch @asks", "", 5 + FALLBACK),
        ("@catch @asks @retry(times=2)", "", 5 + FALLBACK),
        ("@catch", "start.retries=0", FALLBACK),
    ],
)
def test_whoever_asks_for_retries_means_tries_of_user_code(
    tmp_path: Path, above: str, task_arg: str, retries: int
) -> None:
    step, _, value = task_arg.partition(".retries=")
    source = two_steps("pass", before=ASKS, start="\n".join(above.split()))
    options = CompileOptions(write_flow(tmp_path, source), task_args={step: {"retries": int(value)}} if step else {})
    tasks = {task.task_id: dict(task.arguments) for task in compile_flow(options).plan.blocks}
    assert tasks["start"]["retries"] == retries
