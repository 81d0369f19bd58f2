"""Objects of a flow: made with its own `__init__`, and made by tools that look into a flow without running it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.errors import FlowsError
from airflow_provider_flows.flow.loading import load_flow

from tests.support.runner import run_flow, write_flow

SPLIT = """
from metaflow import FlowSpec, Parameter, step
class F(FlowSpec):
    p = Parameter("p", default=1)
    {init}
    @step
    def start(self):
        self.next(self.left, self.right)
    @step
    def left(self):
        self.next(self.join)
    @step
    def right(self):
        self.next(self.join)
    @step
    def join(self, inputs):
        self.count = len(inputs)
        self.next(self.end)
    @step
    def end(self):
        self.seen = getattr(self, "mark", None)
"""


@pytest.mark.parametrize(
    "init",
    [
        "def __init__(self): super().__init__()",
        "def __init__(self): pass",
        "def __init__(self, use_cli=True): super().__init__(use_cli)",
        "def __init__(self, use_cli): super().__init__(use_cli=use_cli)",
        "def __init__(self, **more): super().__init__(**more)",
        "def __init__(self, *args, **kwargs): super().__init__(*args, **kwargs)",
    ],
)
def test_a_flow_may_have_an_init_of_its_own(tmp_path: Path, init: str) -> None:
    assert run_flow(tmp_path, SPLIT.format(init=init))("end", "count") == 2


def test_what_an_init_sets_is_there_in_every_step(tmp_path: Path) -> None:
    init = "def __init__(self):\n        self.mark = 7\n        super().__init__()"
    run = run_flow(tmp_path, SPLIT.format(init=init))
    assert (run("end", "seen"), run("start", "mark")) == (7, 7)


@pytest.mark.parametrize(
    ("init", "words"),
    [
        ("def __init__(self): raise KeyError('home')", "F.__init__ failed: KeyError: 'home'"),
        ("def __init__(self, size): super().__init__()", "'size'"),
    ],
)
def test_an_init_that_fails_is_one_error(tmp_path: Path, init: str, words: str) -> None:
    with pytest.raises(FlowsError, match="called without arguments") as error:
        run_flow(tmp_path, SPLIT.format(init=init))
    assert words in str(error.value)


def made(folder: Path) -> Any:
    return load_flow(write_flow(folder, SPLIT.format(init=""))).flow_class(use_cli=False)


def test_a_flow_made_without_its_command_line_shows_its_steps_and_its_graph(tmp_path: Path) -> None:
    flow = made(tmp_path)
    assert flow.name == "F"
    assert [step.name for step in flow] == ["end", "join", "left", "right", "start"]
    graph = flow._graph
    assert {node.name: node.type for node in graph} == {
        "start": "split",
        "left": "linear",
        "right": "linear",
        "join": "join",
        "end": "end",
    }
    assert list(graph["start"].out_funcs) == ["left", "right"]
    assert list(graph["join"].in_funcs) == ["left", "right"]
    assert graph["start"].matching_join == "join"
    assert list(graph["left"].split_parents) == ["start"]


FOREACH = """
from metaflow import FlowSpec, step
class F(FlowSpec):
    @step
    def start(self):
        self.words = ["a" * 50, "b"]
        self.next(self.first, foreach="words")
    @step
    def first(self):
        self.next(self.second)
    @step
    def second(self):
        self.stack = [(f.step, f.var, f.num_splits, f.index, f.value) for f in self._foreach_stack]
        self.next(self.join)
    @step
    def join(self, inputs):
        self.stacks = [self._foreach_stack, [frame.index for each in inputs for frame in each._foreach_stack]]
        self.next(self.end)
    @step
    def end(self): pass
"""


def test_the_foreach_stack_has_frames_as_flows_read_them(tmp_path: Path) -> None:
    run = run_flow(tmp_path, FOREACH)
    assert run("second", "stack", 0) == [("first", "words", 2, 0, "a" * 30)]
    assert run("second", "stack", 1) == [("first", "words", 2, 1, "b")]
    assert run("join", "stacks") == [[], [0, 1]]
