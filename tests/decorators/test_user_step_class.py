"""Step decorators as classes: `init`, `pre_step`, `post_step`, `skip_step`, `add_to_package`."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.errors import InvalidFlow

from tests.flow.sources import two_steps
from tests.support.runner import Run, run_flow, write_flow


def run_class(folder: Path, methods: str, step: str = "pass", above: str = "@Deco", specs: tuple[str, ...] = ()) -> Run:
    """Run a flow whose first step has the decorator class `Deco` of these methods."""
    return run_flow(folder, _flow(methods, step, above), specs=specs)


def _flow(methods: str, step: str = "pass", above: str = "@Deco") -> str:
    body = textwrap.indent(textwrap.dedent(methods).strip() or "pass", "    ")
    return two_steps(f"self.ran = True\n{step}", f"class Deco(UserStepDecorator):\n{body}\n", above)


def test_a_class_without_methods_changes_nothing(tmp_path: Path) -> None:
    run = run_class(tmp_path, "")
    assert (run.failed, run("end", "ran")) == (None, True)


def test_init_takes_the_attributes_not_the_constructor(tmp_path: Path) -> None:
    methods = """
        def init(self, a, b=2): self.sum = a + b
        def pre_step(self, step_name, flow, inputs=None): flow.sum = self.sum
    """
    assert run_class(tmp_path, methods, above="@Deco(a=1)")("end", "sum") == 3
    assert run_class(tmp_path, methods, above="@Deco(a=1, b=config_expr('1 + 1'))")("end", "sum") == 3


@pytest.mark.parametrize(
    ("methods", "above", "words"),
    [
        ("", "@Deco(a=1)", "@Deco is used with arguments but does not implement init."),
        ("def init(self, a): pass", "@Deco(b=1)", "@Deco cannot take its arguments:"),
        ("def init(self): 1 / 0", "@Deco", "ZeroDivisionError"),
        ("def init(self, a): pass", "@Deco(1)", "@Deco does not allow positional arguments."),
    ],
)
def test_arguments_that_init_cannot_take_are_rejected_at_the_decorators_line(
    tmp_path: Path, methods: str, above: str, words: str
) -> None:
    with pytest.raises(InvalidFlow) as rejection:
        run_class(tmp_path, methods, above=above)
    (problem,) = rejection.value.problems
    assert words in problem.message and problem.source_line and problem.source_line.strip() == above


def test_pre_step_may_return_a_function_to_run_instead(tmp_path: Path) -> None:
    methods = """
        def pre_step(self, step_name, flow, inputs=None):
            return lambda flow: setattr(flow, "instead", step_name)
    """
    run = run_class(tmp_path, methods, step="raise ValueError")
    assert (run.failed, run("end", "instead"), "ran" in run.artifacts("end")) == (None, "start", False)


@pytest.mark.parametrize("post", ["", "\n        def post_step(self, step_name, flow, exception=None): pass"])
@pytest.mark.parametrize("skip", ["True", "USER_SKIP_STEP"])
def test_skip_step_skips_whether_or_not_there_is_a_post_step(tmp_path: Path, skip: str, post: str) -> None:
    methods = f"        def pre_step(self, step_name, flow, inputs=None): self.skip_step = {skip}{post}"
    run = run_class(tmp_path, methods, step="raise ValueError")
    assert (run.failed, run.reached("end"), "ran" in run.artifacts("end")) == (None, True, False)


def test_skip_step_may_be_keywords_of_next_and_counts_for_one_attempt(tmp_path: Path) -> None:
    methods = """
        def pre_step(self, step_name, flow, inputs=None):
            if current.retry_count:
                self.skip_step = {}
            flow.tried = current.retry_count
    """
    run = run_class(tmp_path, methods, step="raise ValueError", above="@retry(times=2)\n@Deco")
    assert (run.failed, run("end", "tried"), run.attempts["start"]) == (None, 1, 2)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("pass", "ok"),
        ("return None", "ok"),
        ("return exception", "broken"),
        ("return KeyError('mine')", "'mine'"),
        ("return None, None", "ok"),
        ("return exception, None", "broken"),
        ("return None, {}", "ok"),
        ("raise KeyError('mine')", "'mine'"),
    ],
)
def test_post_step_says_what_is_still_wrong(tmp_path: Path, answer: str, outcome: str) -> None:
    run = run_class(
        tmp_path, f"def post_step(self, step_name, flow, exception=None): {answer}", step="raise ValueError('broken')"
    )
    assert ("ok" if run.failed is None else str(run.failed.exception)) == outcome


def test_post_step_changes_artifacts(tmp_path: Path) -> None:
    methods = "def post_step(self, step_name, flow, exception=None): flow.ran = (flow.ran, exception)"
    assert run_class(tmp_path, methods)("end", "ran") == (True, None)


def test_a_class_can_be_given_as_a_string_with_its_attributes(tmp_path: Path) -> None:
    methods = """
        def init(self, a=1): self.a = a
        def pre_step(self, step_name, flow, inputs=None): flow.a = self.a
    """
    assert run_class(tmp_path, methods, above="", specs=("Deco:a=5",))("end", "a") == 5


def test_files_that_a_decorator_needs_travel_with_the_flow(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "table.txt").write_text("rows")
    file = str(tmp_path / "elsewhere" / "table.txt")
    source = _flow(f"def add_to_package(self): return [({file!r}, 'data/table.txt')]")
    flow = write_flow(tmp_path / "elsewhere", source)
    compiled = compile_flow(CompileOptions(flow))
    assert compiled.plan.flow.sources["data/table.txt"] == "rows"
