"""@project, @schedule, @resources and @environment: what they ask for, and what they reject."""

from __future__ import annotations

import getpass
import re
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.errors import FlowsError, InvalidFlow
from airflow_provider_flows.setup.runtime import FlowRuntime

from tests.flow.sources import two_steps
from tests.support import runner
from tests.support.options import compile_options
from tests.support.runner import run_flow, write_flow

ME = re.sub(r"[^a-z0-9_]", "_", getpass.getuser().lower())


def above(decorator: str, body: str = "pass", start: str = "") -> str:
    return two_steps(body, start=start).replace("class F", f"{decorator}\nclass F")


def runtime_of(folder: Path, source: str, **options: Any) -> FlowRuntime:
    return runner.runtime_of(write_flow(folder, source), folder / "store", options=options)


@pytest.mark.parametrize(
    ("attributes", "options", "branch"),
    [
        ("", {}, f"user.{ME}"),
        (", branch='b1'", {}, "test.b1"),
        ("", {"branch": "b1"}, "test.b1"),
        (", branch='b1'", {"branch": "b1"}, "test.b1"),
        (", production=True", {}, "prod"),
        ("", {"production": True}, "prod"),
        (", branch='b1'", {"production": True}, "prod.b1"),
    ],
)
def test_a_project_names_its_branch(tmp_path: Path, attributes: str, options: dict[str, Any], branch: str) -> None:
    file = write_flow(tmp_path, above(f"@project(name='shop'{attributes})"))
    plan = compile_flow(compile_options(file, **options)).plan
    assert plan.dag_id == f"shop.{branch}.F"
    assert {"project:shop", f"project_branch:{branch}"} < set(dict(plan.arguments)["tags"])


def test_steps_know_their_project(tmp_path: Path) -> None:
    names = ["project_name", "branch_name", "is_user_branch", "is_production", "project_flow_name"]
    source = above("@project(name='shop', production=True)", f"self.got = [getattr(current, n) for n in {names}]")
    assert run_flow(tmp_path, source)("end", "got") == ["shop", "prod", False, True, "shop.prod.F"]


def test_a_workers_user_is_not_the_branchs(tmp_path: Path) -> None:
    """The branch is that of who compiled the flow, whoever runs the worker."""
    plan = compile_flow(CompileOptions(write_flow(tmp_path, above("@project(name='shop')")))).plan
    assert dict(plan.flow.arguments)["options"] == {"user": ME}


@pytest.mark.parametrize(
    ("attributes", "options"),
    [
        ("", {}),
        ("name='With Blank'", {}),
        ("name='Upper'", {}),
        ("name='a-b'", {}),
        ("name=5", {}),
        ("name='a\\n'", {}),
        (f"name='{'a' * 129}'", {}),
        ("name='a', branch='B'", {}),
        ("name='a'", {"branch": "x.y"}),
        ("name='a', branch='b'", {"branch": "c"}),
    ],
)
def test_a_project_that_cannot_be_is_rejected_at_its_line(
    tmp_path: Path, attributes: str, options: dict[str, Any]
) -> None:
    file = write_flow(tmp_path, above(f"@project({attributes})"))
    with pytest.raises(InvalidFlow) as error:
        compile_flow(compile_options(file, **options))
    assert f"{file}:6: " in str(error.value)


@pytest.mark.parametrize("options", [{"branch": "b"}, {"production": True}])
def test_a_branch_is_for_projects_alone(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(FlowsError, match="@project"):
        compile_flow(compile_options(write_flow(tmp_path, two_steps("pass")), **options))


@pytest.mark.parametrize(
    ("attributes", "schedule"),
    [
        ("", "@daily"),
        ("()", "@daily"),
        ("(daily=False)", None),
        ("(hourly=True)", "@hourly"),
        ("(weekly=True, hourly=True)", "@weekly"),
        ("(cron='0 6 ? * MON-FRI *', weekly=True)", "0 6 * * 1-5"),
        ("(cron='5 4 * * *')", "5 4 * * *"),
    ],
)
def test_a_schedule_takes_the_first_that_is_set(tmp_path: Path, attributes: str, schedule: str | None) -> None:
    file = write_flow(tmp_path, above(f"@schedule{attributes}"))
    assert dict(compile_flow(CompileOptions(file)).plan.arguments)["schedule"] == schedule


def test_a_schedule_may_have_a_timezone(tmp_path: Path) -> None:
    file = write_flow(tmp_path, above("@schedule(hourly=True, timezone='Europe/Berlin')"))
    text = compile_flow(CompileOptions(file)).text
    assert 'CronTriggerTimetable("0 * * * *", timezone="Europe/Berlin")' in text


@pytest.mark.parametrize(
    "attributes", ["cron='nonsense'", "cron='0 0 * * ? 2030'", "timezone='Nowhere'", "hourly=1, dayly=2"]
)
def test_a_schedule_that_cannot_be_is_rejected(tmp_path: Path, attributes: str) -> None:
    with pytest.raises(FlowsError):
        compile_flow(CompileOptions(write_flow(tmp_path, above(f"@schedule({attributes})"))))


def test_resources_are_published_and_documented(tmp_path: Path) -> None:
    source = two_steps("pass", start="@resources(cpu=2, memory=1000)")
    context = runtime_of(tmp_path, source).context
    asked = {"cpu": 2, "gpu": None, "disk": None, "memory": 1000, "shared_memory": None}
    assert context.get_all_published("start", "resources") == asked
    assert context.get_published("start", "resources", "cpu") == 2
    assert not context.has_published("end", "resources")
    text = compile_flow(CompileOptions(write_flow(tmp_path, source))).text
    assert "Resources: cpu 2, memory 1000" in text and 'step_resources={"cpu": 2, "memory": 1000}' in text


def test_resources_are_numbers_for_policies(tmp_path: Path) -> None:
    numbers, text = (two_steps("pass", start=f"@resources({given})") for given in ("cpu='0.5', gpu=1", "memory='4Gi'"))
    compiled = compile_flow(CompileOptions(write_flow(tmp_path, numbers))).text
    assert 'step_resources={"cpu": 0.5, "gpu": 1, "memory": 4096}' in compiled
    with pytest.raises(FlowsError, match="'memory' must be a number from 0 on"):
        compile_flow(CompileOptions(write_flow(tmp_path, text)))


def test_a_timeout_is_published_in_seconds(tmp_path: Path) -> None:
    context = runtime_of(tmp_path, two_steps("pass", start="@timeout(hours=1, minutes='1', seconds=0.5)")).context
    assert context.get_published("start", "timeout", "seconds") == 3660.5


def test_the_environment_is_text_and_the_steps_alone(tmp_path: Path) -> None:
    source = two_steps("pass", start="@environment(vars={'A': 1, 'B': \"it's {{ x }}\"})")
    text = compile_flow(CompileOptions(write_flow(tmp_path, source))).text
    assert """environment={"A": "1", "B": "it's {{ x }}"}""" in text.replace("\n", "")
    assert text.count("environment=") == 1
