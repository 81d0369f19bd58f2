"""Whatever is given to a parameter, a configuration or a decorator: it works, or one clear error says why."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click
import pytest
from airflow_provider_flows.compiler.compile import compile_flow, rejections
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.errors import FlowsError
from airflow_provider_flows.flow.loading import read_flow
from airflow_provider_flows.flow.option import parameter_options, values_of
from airflow_provider_flows.setup.launch import launch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# fmt: off
VALUES = (
    'None', '3', '-1', '1.5', 'True', "''", "'x'", "'a,b'", "b'x'", '[]', '[1]', '{}', "{'a':1}", '{(1,2):3}',
    '(1,2)', 'object()', 'int', 'str', 'type', 'list', 'JSONType', 'deep', '1j', '...', "float('nan')", "'\\0'",
    "'\\ud800'", '10**5000', 'range(3)', '{1,2}', "'a'*5000", 'print', 'sys.exit', "Exception('x')", 'iter([1])',
    'config', 'config.a', 'config.nope', "config_expr('1/0')", '(lambda:1)', "(lambda*a:'x')", '(lambda*a:5)',
    '(lambda*a:sys.exit(3))', 'timedelta(1)', "Path('x')", "'nofile'", "'.'", "'~nobody/x'", "'f.txt'",
    "'*/5 * * * *'", "'0 0 30 2 *'", "'utf-16'", "'hex'", "'class'", "'next'", "'start'", "'__x'", "'no.mod'",
    "'Europe/Berlin'", 'click.INT', "click.Choice(['a'])", 'click.Choice([])', 'click.DateTime()', 'Evil()',
    '[Evil()]', "{'a':Evil()}", 'Evil', 'NoText()',
)
# fmt: on
PARAMETER = ("default", "type", "help", "required", "show_default", "separator", "is_flag", "multiple", "defualt")
OF_CLICK = (
    "envvar",
    "metavar",
    "hidden",
    "nargs",
    "callback",
    "count",
    "flag_value",
    "hide_input",
    "show_envvar",
    "cls",
)
KEYWORDS = {
    "p = Parameter('p', {})": (*PARAMETER, *OF_CLICK),
    "p = IncludeFile('p', {})": ("required", "is_text", "encoding", "parser", *PARAMETER),
    "p = Config('p', {})": ("default", "default_value", "help", "required", "parser", "plain"),
    "@retry({})": ("times", "minutes_between_retries"),
    "@catch({})": ("var", "print_exception"),
    "@timeout({})": ("seconds", "minutes", "hours"),
    "@environment({})": ("vars",),
    "@resources({})": ("cpu", "gpu", "disk", "memory", "shared_memory"),
    "@schedule({})": ("cron", "weekly", "hourly", "daily", "timezone"),
    "@project({})": ("name", "branch", "production"),
}
FLOW = """
import click, sys
from datetime import timedelta
from pathlib import Path
from airflow_provider_flows import *

class Evil:
    def _fail(self, *_): raise RuntimeError("evil")
    __getattr__ = __eq__ = __bool__ = __hash__ = __iter__ = __len__ = __repr__ = _fail
class NoText:
    def __repr__(self): return 5
class Lazy:
    def __getattr__(self, name): raise RuntimeError("not yet")
deep = []
for _ in range(3000): deep = [deep]
config = Config("config", default_value={{"a": 1}})

{above}
class F(FlowSpec):
    config, lazy = config, Lazy()
    {member}
    @step
    def start(self): self.next(self.end)
    @step
    def end(self): pass
"""


@st.composite
def declarations(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    declared = draw(st.sampled_from(sorted(KEYWORDS)))
    names = draw(st.lists(st.sampled_from(KEYWORDS[declared]), min_size=1, max_size=3, unique=True))
    return declared, {name: draw(st.sampled_from(VALUES)) for name in names}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "f.txt").write_text("words")
    return folder / "hostile_flow.py"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(declarations())
def test_it_works_or_one_error_says_why_and_check_and_compile_agree(
    file: Path, declared: tuple[str, dict[str, str]]
) -> None:
    form, given_ = declared
    text = form.format(", ".join(f"{name}={value}" for name, value in given_.items()))
    above = text if form.startswith(("@schedule", "@project")) else ""
    file.write_text(FLOW.format(above=above, member=text if not above else ""))
    said = [_said(lambda: _check(file)), _said(lambda: compile_flow(CompileOptions(file)).text)]
    assert [words is None for words in said] in ([True, True], [False, False]), (text, said)
    for words in said:
        assert words is None or (words and "Traceback" not in words)


def _check(file: Path) -> None:
    flow = launch(read_flow(file))
    options = parameter_options(flow.parameters.values())
    command = click.Command("run", params=[*options], callback=lambda **values: values_of(options, values))
    with contextlib.suppress(click.ClickException, FlowsError):  # what a run would be told about its values
        command.main([], standalone_mode=False)
    problems = rejections(flow, CompileOptions(file))
    if problems:
        raise FlowsError("\n".join(problem.render() for problem in problems))


def _said(call: object) -> str | None:
    """Return what a FlowsError says; anything else that is raised fails the test."""
    try:
        call()  # type: ignore[operator]
    except FlowsError as error:
        return str(error)
    return None
