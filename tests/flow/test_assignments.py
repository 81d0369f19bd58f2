"""Invariants of what a flow's code sets: what belongs to the flow is told before a run, in the words of the run."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows.errors import InvalidFlow
from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.setup.launch import launch

from tests.flow.sources import flow, two_steps
from tests.support.runner import run_flow, write_flow

MEMBERS = """
p = Parameter("p")
c = Config("c", default_value="{}")
items = [1]
other = 2
"""


def rejected(folder: Path, source: str) -> list[tuple[int | None, str]]:
    """Return line and message of all that is wrong with a flow."""
    try:
        launch(load_flow(write_flow(folder, source)))
    except InvalidFlow as error:
        return [(problem.line, problem.message) for problem in error.problems]
    return []


def body(statements: str, members: str = MEMBERS) -> str:
    steps = "\n    ".join(["def start(self):", *statements.splitlines(), "self.next(self.end)"])
    return flow(f"{members}\n{steps}\ndef end(self): pass")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        *((name, "every flow has it") for name in ("name", "index", "input", "script_name", "next", "foreach_stack")),
        ("merge_artifacts", "every flow has it"),
        ("p", "it is a Parameter of the flow"),
        ("c", "it is a Config of the flow"),
        ("items", "it is a constant of the flow"),
    ],
)
def test_what_belongs_to_the_flow_cannot_be_set_and_both_say_so(tmp_path: Path, name: str, why: str) -> None:
    words = f"self.{name} cannot be set: {why}."
    assert rejected(tmp_path, body(f"self.{name} = 5")) == [(14, words)]
    run = run_flow(
        tmp_path, body(f"try: setattr(self, '{name}'.strip(), 5)\nexcept AttributeError as e: self.got = str(e)")
    )
    assert run("end", "got") == f"{words} Choose another name."
    run = run_flow(tmp_path, body(f"try: del self.{name}\nexcept AttributeError as e: self.got = str(e)"))
    assert run("end", "got") == f"{words} Choose another name."


@pytest.mark.parametrize(
    "statement",
    [
        "self.p += 1",
        "self.p: int = 1",
        "del self.p",
        "for self.p in []: pass",
        "with open('x') as self.p: pass",
        "a, (b, *self.p) = 1, (2, 3)",
        "self.x = self.p = 1",
        "[0 for self.p in []]",
        "setattr(self, 'p', 1)",
        "f = lambda: setattr(self, 'p', 1)",
        "if 0: self.p = 1",
        "try: self.p = 1\nexcept KeyError: pass",
    ],
)
def test_every_way_to_set_it_is_found(tmp_path: Path, statement: str) -> None:
    assert [message for _, message in rejected(tmp_path, body(statement))] == [
        "self.p cannot be set: it is a Parameter of the flow."
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "self.p",
        "self.p: int",
        "self.x.p = 1",
        "self.items[0] = 1",
        "p = self.pp = 1",
        "def f(self): self.p = 1",
        "class C:\n    def f(self): self.p = 1",
        "try: self.p = 1\nexcept AttributeError: pass",
        "setattr(self, 'x', 1), setattr(self.x, 'p', 1)",
    ],
)
def test_what_sets_something_else_is_none(tmp_path: Path, statement: str) -> None:
    assert rejected(tmp_path, body(statement)) == []


def test_all_methods_of_the_flow_and_its_bases_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a_base.py").write_text(
        "from metaflow import FlowSpec\nclass Base(FlowSpec):\n    def helper(this): this.index = 1\n"
    )
    source = """
from metaflow import *
from a_base import Base
class F(Base):
    limit = 3
    @property
    def half(self):
        self.limit = 4
    @staticmethod
    def free(self): self.limit = 5
    @step
    def start(self): self.name = 1
"""
    assert [line for line, _ in rejected(tmp_path, source)] == [8, 12, 3]


@pytest.mark.parametrize(
    ("members", "line"),
    [
        ("index = 3", 6),
        ("@property\ndef name(self): return 'x'", 6),
        ("next = None", 6),
        ("input = Config('input', default_value={})", 6),
        ("a = 1; script_name: str = 'x'", 6),
    ],
)
def test_a_class_attribute_may_not_hide_what_every_flow_has(tmp_path: Path, members: str, line: int) -> None:
    found = rejected(tmp_path, body("pass", members))
    assert len(found) == 1 and "hides what every flow has." in found[0][1] and (found[0][0] or 0) >= line


def test_a_flow_may_extend_how_it_merges(tmp_path: Path) -> None:
    members = "def merge_artifacts(self, inputs, **more): super().merge_artifacts(inputs, **more)"
    assert (
        rejected(
            tmp_path,
            body("pass", members.replace("def", "limit = 1\ndef", 1)).replace("@step\n    def merge", "def merge"),
        )
        == []
    )


NEAR = """
limit = 2
def start(self):
    self.items = [1]
    self.next(self.body, foreach="itms")
def body(self):
    self.which = "a"
    self.next({"a": self.left, "b": self.right}, condition="wich")
def left(self): self.next(self.meet)
def right(self): self.next(self.meet)
def meet(self): self.next(self.join)
def join(self, inputs): self.next(self.end)
def end(self): pass
"""


def test_a_foreach_and_a_switch_over_what_nothing_sets_suggest_the_near_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidFlow) as error:
        launch(load_flow(write_flow(tmp_path, flow(NEAR))))
    assert [(each.line, each.message, each.fix) for each in error.value.problems] == [
        (11, "step 'start' splits over self.itms, which nothing sets.", "Did you mean 'items'?"),
        (15, "step 'body' switches by self.wich, which nothing sets.", "Did you mean 'which'?"),
    ]


@pytest.mark.parametrize(
    ("statement", "members", "above"),
    [
        ("helper(self)", "", ""),
        ("this = self", "", ""),
        ("self.__dict__['itms'] = [1]", "", ""),
        ("setattr(self, 'it' + 'ms', [1])", "", ""),
        ("setattr(self, 'itms', [1])", "", ""),
        ("vars(self).update(itms=[1])", "", ""),
        ("pass", "def __getattr__(this, name): return [1]", ""),
        ("pass", "itms = [1]", ""),
        ("pass", "itms = Parameter('itms', default='ab')", ""),
        ("pass", "@property\ndef itms(self): return [1]", ""),
        ("pass", "", "@mine"),
        ("pass", "", "@catch(var='itms')"),
    ],
)
def test_nothing_is_said_of_artifacts_that_other_code_may_set(
    tmp_path: Path, statement: str, members: str, above: str
) -> None:
    before = "@user_step_decorator\ndef mine(step_name, flow, inputs=None): yield\ndef helper(flow): flow.itms = [1]"
    text = (
        f"{members}\n{above}\n@step\ndef start(self):\n    {statement}\n    self.items = [1]\n    self.next(self.a)\n"
    )
    text += 'def a(self): self.next(self.b, foreach="itms")\ndef b(self): self.next(self.j)\n'
    text += "def j(self, inputs): self.next(self.end)\ndef end(self): pass"
    assert rejected(tmp_path, flow(text, before)) == []


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            "self.items = [1]\nsetattr(self, 'x' + 'y', 1)\nself.next(self.end, foreach='itms')",
            "Did you mean self.items?",
        ),
        ("self.next(self.end, foreach='itms')", "Set self.itms first."),
    ],
)
def test_a_run_suggests_the_near_artifact_as_well(tmp_path: Path, step: str, words: str) -> None:
    source = two_steps(step).replace("    self.next(self.end)\n", "") + "    def j(self, inputs): pass\n"
    run = run_flow(tmp_path, _with_join(step))
    assert run.failed and words in str(run.failed.exception), source


def _with_join(step: str) -> str:
    inner = "\n    ".join(step.replace("self.end", "self.a").splitlines())
    return flow(
        f"def start(self):\n    {inner}\ndef a(self): self.next(self.j)\ndef j(self, inputs): self.next(self.end)\n"
        "def end(self): pass"
    )
