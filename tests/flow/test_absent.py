"""An attribute that is not there: the error says where its value is, and asking costs and changes nothing."""

from __future__ import annotations

import pickle
import traceback
from pathlib import Path

import pytest

from tests.flow.sources import flow
from tests.support.runner import Run, run_flow

STATIC = """
def start(self):
    self.before = 1
    self.next(self.left, self.right)
def left(self):
    self.v, self.results = 1, []
    self.next(self.join)
def right(self):
    self.w = 1
    self.next(self.join)
def join(self, inputs):
    {}
    self.next(self.end)
def end(self): pass
"""
FOREACH = """
def start(self):
    self.items = [1, 2]
    self.next(self.body, foreach="items")
def body(self):
    self.v = self.input
    self.next(self.join)
def join(self, inputs):
    {}
    self.next(self.end)
def end(self): pass
"""
ALONE = """
limit = 3
@property
def broken(self): return self.nothing_of_this_name
def start(self):
    self.results = [1]
    self.next(self.end)
def end(self):
    {}
"""


def error_of(folder: Path, body: str, expression: str) -> AttributeError:
    run: Run = run_flow(folder, flow(body.format(expression)))
    assert run.failed is not None and isinstance(run.failed.exception, AttributeError), run.failed
    return run.failed.exception


@pytest.mark.parametrize(
    ("body", "expression", "words"),
    [
        (
            STATIC,
            "self.v",
            "A join takes nothing over by itself: read inputs.left.v, or call self.merge_artifacts(inputs)",
        ),
        (STATIC, "self.w", "read inputs.right.w,"),
        (STATIC, "self.before", "read inputs.left.before,"),
        (STATIC, "self.resuls", "Did you mean inputs.left.results?"),
        (STATIC, "inputs.left.resuls", "Did you mean inputs.left.results?"),
        (STATIC, "inputs.results", "inputs holds branches, not their artifacts: read inputs.left.results"),
        (STATIC, "inputs.lefft", "no branch of this join came from a step 'lefft'; those that did: left, right"),
        (FOREACH, "self.v", "read inputs[0].v, or call"),
        (FOREACH, "inputs[1].vv", "Flow F has no attribute 'vv'"),
        (FOREACH, "inputs[1].itms", "Did you mean inputs[1].items?"),
        (ALONE, "self.result", "Flow F has no attribute 'result'. Did you mean self.results?"),
        (ALONE, "self.limits", "Did you mean self.limit?"),
        (ALONE, "self.broken", "The property 'broken' reads something that is not there."),
    ],
)
def test_the_error_says_where_the_value_is(tmp_path: Path, body: str, expression: str, words: str) -> None:
    assert words in str(error_of(tmp_path, body, expression))


@pytest.mark.parametrize("name", ["entirely_else", "_private", "__dunder__"])
def test_where_nothing_is_near_it_says_only_that(tmp_path: Path, name: str) -> None:
    assert str(error_of(tmp_path, ALONE, f"self.{name}")) == f"Flow F has no attribute {name!r}"


def test_python_adds_no_guess_of_its_own(tmp_path: Path) -> None:
    error = error_of(tmp_path, ALONE, "self.results; self.result")
    said = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    assert said.count("Did you mean") == 1


def test_it_is_told_of_and_pickled_as_any_other(tmp_path: Path) -> None:
    error = error_of(tmp_path, ALONE, "self.result")
    assert type(error) is AttributeError and str(pickle.loads(pickle.dumps(error))) == str(error)
    assert repr(error) == f"AttributeError({str(error)!r})"


def test_asking_is_as_ever(tmp_path: Path) -> None:
    asked = "self.got = (hasattr(self, 'v'), getattr(self, 'v', 7), hasattr(inputs.left, 'w'), getattr(inputs, 'x', 8))"
    assert run_flow(tmp_path, flow(STATIC.format(asked)))("join", "got") == (False, 7, False, 8)


def test_asking_looks_for_no_near_name(tmp_path: Path) -> None:
    many = "[setattr(self, f'artifact_of_this_step_{i}', i) for i in range(300)]"
    asks = "self.took = min(timeit.repeat(lambda: hasattr(self, 'artifact_of_this_step'), number=200, repeat=3))"
    body = f"import timeit\n    {many}\n    {asks}\n    self.next(self.end)"
    source = flow(f"def start(self):\n    {body}\ndef end(self): pass")
    assert run_flow(tmp_path, source)("start", "took") < 0.05
