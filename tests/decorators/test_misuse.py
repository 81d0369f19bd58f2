"""What `flows-compile` says to somebody who uses a decorator wrongly: exit code 2, file and line, no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows.cli.compile import command
from airflow_provider_flows.cli.exits import exit_code

from tests.flow.sources import flow, two_steps
from tests.support.runner import write_flow

NOT_A_STEP = "@retry\ndef start(self): pass"
TWICE = "@retry\n@retry(times=1)"


def said(capsys: pytest.CaptureFixture[str], file: Path, *options: str) -> str:
    """Return what is said on stderr about a flow that cannot be compiled."""
    code = exit_code(lambda: command.main([str(file), *options], standalone_mode=False))
    out, err = capsys.readouterr()
    assert (code, out) == (2, "") and "Traceback" not in err
    return err


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        (flow("@retry\ndef helper(self): pass\ndef start(self): self.next(self.end)\ndef end(self): pass").replace(
            "    @step\n    def helper", "    def helper"), "@retry", "@retry is applied to something that is not a"),
        (two_steps("pass", start=TWICE), "@retry", "step 'start' has @retry twice."),
        (two_steps("pass", start="@retry(tmes=1)"), "@retry(tmes=1)", "Did you mean 'times'?"),
        (two_steps("pass", start="@retry(3)"), "@retry(3)", "@retry takes named attributes only, not 3."),
        (two_steps("pass", start="@schedule"), "@schedule", "@schedule is applied to something that is not a FlowSpec"),
        (two_steps("pass", start="@timeout"), "@timeout", "Specify a duration for @timeout"),
        (flow("def start(self): pass", above="@retry"), "@retry", "@retry is applied to something that is not a step."),
        (flow("def start(self): pass", above="@schedule\n@schedule"), "@schedule", "flow F has @schedule twice."),
        (two_steps("pass", "class D(UserStepDecorator): pass", "@D(1)"), "@D(1)", "@D does not allow positional"),
        (two_steps("pass", "class D(UserStepDecorator): pass").replace("class F", "@D\nclass F"), "@D",
         "@D is applied to something that is not a step"),
        (two_steps("pass", "class M(FlowMutator): pass", "@M()"), "@M()", "@M is applied to something that is not a F"),
        (two_steps("pass", "class M(StepMutator): pass").replace("class F", "@M()\nclass F"), "@M()",
         "@M is applied to something that is not a step"),
        (two_steps("pass", "from airflow_provider_flows import trigger_on_finish as t", "@t(flow=1)"), "@t(flow=1)",
         "@trigger_on_finish is not supported here."),
        (two_steps("pass", "class M(StepMutator): pass").replace("    @step\n    def end", "    @M\n    def end"), "@M",
         "@M is applied to something that is not a step"),
        (two_steps("pass", "c = config_expr('c.x')", "@retry(times=c)"), "@retry(times=c)", "config_expr('c.x')"),
    ],
)  # fmt: skip
def test_misuse_is_said_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, line: str, words: str
) -> None:
    file = write_flow(tmp_path, source)
    message = said(capsys, file)
    assert words in message and f"\n  {line}\n" in message
    number = int(message.split(f"{file.name}:", 1)[1].split(":")[0])
    assert file.read_text().splitlines()[number - 1].strip() == line


def test_a_flow_decorator_from_two_bases_is_rejected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = """
from airflow_provider_flows import *
@schedule(daily=True)
class A(FlowSpec): pass
@schedule(weekly=True)
class B(FlowSpec): pass
class F(A, B):
    @step
    def start(self): pass
"""
    assert "flow F gets @schedule from two classes." in said(capsys, write_flow(tmp_path, source))


def test_several_problems_are_said_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = """
@retry(times=9)
@step
def start(self): self.next(self.end)
@timeout
@step
def end(self): pass
"""
    message = said(capsys, write_flow(tmp_path, flow(body)))
    assert "retries 9 times" in message and "Specify a duration" in message


@pytest.mark.parametrize("option", ["retry:times", "rety", "nope.nope", "retry:times=9"])
def test_a_bad_string_is_said_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    assert option.split(":")[0] in said(capsys, write_flow(tmp_path, two_steps("pass")), "--with", option)
