"""`self.next`: what a step may say about what comes after it, and what it is told when that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow_provider_flows.errors import InvalidNext

from tests.flow.sources import flow, two_steps
from tests.support.runner import Run, run_flow

REST = """
def a(self): self.next(self.end)
def end(self): pass
"""


def rejection(folder: Path, call: str) -> InvalidNext:
    """Return what `start` fails of when it makes a call and then goes on to `a` as the graph says."""
    run = run_flow(folder, flow(f"def start(self):\n    self.items = [1]\n    {call}\n    self.next(self.a)\n{REST}"))
    assert run.failed is not None, "the call was let through"
    assert isinstance(run.failed.exception, InvalidNext)
    return run.failed.exception


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("self.next(self.a, forech='items')", "unknown keyword argument 'forech'"),
        ("self.next(self.a)", "Multiple self.next() calls"),
        ("self.next(self.a, condition='items')", "exactly one non-empty dictionary"),
        ("self.next({}, condition='items')", "exactly one non-empty dictionary"),
        ("self.next({1: self.a}, {2: self.a}, condition='items')", "exactly one non-empty dictionary"),
        ("self.next({1: self.a}, condition=1)", "must be the name of an artifact, as a string"),
        ("self.next({1: self.a}, condition='items', foreach='items')", "cannot be combined"),
        ("self.next({1: self.a}, condition='nope')", "'nope' does not exist"),
        ("self.next({1: self.a}, condition='items')", "has value [1] which is not in the available cases: [1]"),
        ("self.k = 1; self.next({1: 'a'}, condition='k')", "is not a step of this flow, but a"),
        ("self.next({1: self.a})", "requires the 'condition' argument"),
        ("self.next('a')", "argument 1 of self.next() is not a step of this flow, but a"),
        ("self.next(self.a, print)", "argument 2 of self.next() is not a step"),
        ("self.next(self.a, num_parallel=0)", "takes a whole number of at least 1, not 0"),
        ("self.next(self.a, num_parallel=2, foreach='items')", "cannot be combined with foreach="),
        ("self.next(self.a, foreach=['items'])", "must be the name of an artifact, as a string"),
        ("self.next(self.a, self.a, foreach='items')", "exactly one step"),
        ("self.next(foreach='items')", "exactly one step"),
        ("self.next(self.a, foreach='nope')", "'nope' does not exist"),
        ("self.n = 5; self.next(self.a, foreach='n')", "'n' is not iterable, but 5"),
        ("self.n = None; self.next(self.a, foreach='n')", "'n' is not iterable, but None"),
        ("self.n = []; self.next(self.a, foreach='n')", "produced zero splits"),
        ("self.n = iter(()); self.next(self.a, foreach='n')", "produced zero splits"),
        ("self.next()", "at least one step"),
    ],
)
def test_what_cannot_come_next_is_rejected_by_name(tmp_path: Path, call: str, words: str) -> None:
    assert words in str(rejection(tmp_path, call))


def test_a_rejection_names_step_and_line(tmp_path: Path) -> None:
    error = rejection(tmp_path, "self.next(self.a, bad=1)")
    assert str(error).startswith("Step 'start' (line ")
    assert error.line_no is not None and f"(line {error.line_no})" in str(error)


def test_the_checks_come_in_the_dialects_order(tmp_path: Path) -> None:
    assert "unknown keyword" in str(rejection(tmp_path, "self.next('a', 'b', x=1, foreach=2, condition=3)"))
    assert "non-empty dictionary" in str(rejection(tmp_path, "self.next('a', foreach=2, condition=3)"))
    assert "as a string" in str(rejection(tmp_path, "self.next({1: 'a'}, foreach=2, condition=3)"))
    assert "not a step" in str(rejection(tmp_path, "self.next('a', 'b', foreach=2)"))


def test_an_artifact_may_not_bear_a_steps_name(tmp_path: Path) -> None:
    error = rejection(tmp_path, "self.a = 5; self.next(self.a)")
    assert "argument 1 of self.next() is not a step of this flow, but 5" in str(error)
    assert "do not give an artifact the name of a step" in str(error)


def test_a_switch_without_the_case_is_a_runtime_error_too(tmp_path: Path) -> None:
    run = run_flow(tmp_path, switch("self.k = 'v'"))
    assert run.failed and isinstance(run.failed.exception, RuntimeError)
    assert "'k' has value 'v' which is not in the available cases: [1, False, 'x y']" in str(run.failed.exception)


def test_a_condition_that_cannot_be_a_key_is_rejected_as_well(tmp_path: Path) -> None:
    run = run_flow(tmp_path, switch("self.k = {}"))
    assert run.failed and isinstance(run.failed.exception, InvalidNext)


@pytest.mark.parametrize(("value", "taken"), [("1", "a"), ("'x y'", "b")])
def test_a_switch_takes_the_branch_of_its_value(tmp_path: Path, value: str, taken: str) -> None:
    run = run_flow(tmp_path, switch(f"self.k = {value}"))
    assert run("end", "came") == taken


def switch(body: str) -> str:
    return flow(f"""
def start(self):
    {body}
    self.next({{1: self.a, False: self.b, 'x y': self.b}}, condition='k')
def a(self):
    self.came = 'a'
    self.next(self.end)
def b(self):
    self.came = 'b'
    self.next(self.end)
def end(self): pass
""")


def test_a_step_that_says_nothing_fails(tmp_path: Path) -> None:
    run = run_flow(tmp_path, two_steps("return"))
    assert run.failed and "ended without calling self.next(), and should go to end" in str(run.failed.exception)


def test_a_step_that_says_something_else_than_the_graph_fails(tmp_path: Path) -> None:
    run = run_flow(tmp_path, two_steps("if True:\n    self.next(self.start)\n    return"))
    assert run.failed and "goes to start, and by its last statement it should go to end" in str(run.failed.exception)


def test_the_end_may_not_go_on(tmp_path: Path) -> None:
    run = run_flow(tmp_path, flow("def start(self): self.next(self.end)\ndef end(self): (self.next(self.start), 1)"))
    assert run.failed and "must not call self.next()" in str(run.failed.exception)


def foreach(folder: Path, value: str, before: str = "") -> Run:
    body = f"""
def start(self):
    self.things = {value}
    self.next(self.body, foreach='things')
def body(self):
    self.got = (self.index, self.input)
    self.shown = str(self)
    self.stack = self.foreach_stack()
    self.next(self.join)
def join(self, inputs):
    self.got = [i.got for i in inputs]
    self.seen = [(i.index, i.input) for i in inputs]
    self.next(self.end)
def end(self): pass
"""
    return run_flow(folder, flow(body, before))


@pytest.mark.parametrize(
    ("value", "items"),
    [
        ("[3, 4]", [3, 4]),
        ("('x', None)", ["x", None]),
        ("[None]", [None]),
        ("range(5, 8)", [5, 6, 7]),
        ("'ab'", ["a", "b"]),
        ("b'ab'", [97, 98]),
        ("{'k': 1, 'l': 2}", ["k", "l"]),
        ("{'k': 1, 'l': 2}.items()", [("k", 1), ("l", 2)]),
        ("{0: 'zero', 1: 'one'}", [0, 1]),
        ("(n * n for n in (2, 3))", [4, 9]),
        ("map(str, [1, 2])", ["1", "2"]),
        ("[[1, 2], [3]]", [[1, 2], [3]]),
        ("__import__('collections').deque([7, 8])", [7, 8]),
        ("__import__('numpy').array([1.5, 2.5])", [1.5, 2.5]),
        ("__import__('pandas').Series([5, 6], index=[10, 11])", [5, 6]),
        ("__import__('pandas').DataFrame({'a': [1], 'b': [2]})", ["a", "b"]),
        ("Countdown()", [3, 2, 1]),
        ("Indexed()", [0, 10]),
    ],
)
def test_any_iterable_can_be_split_over(tmp_path: Path, value: str, items: list[object]) -> None:
    before = """
    class Countdown:
        def __iter__(self): return iter([3, 2, 1])
        def __getitem__(self, index): return 'wrong'
    class Indexed:
        def __getitem__(self, index):
            if index > 1: raise IndexError
            return index * 10
    """
    run = foreach(tmp_path, value, before)
    assert run.failed is None, run.failed and run.failed.exception
    assert run("join", "got") == run("join", "seen") == list(enumerate(items))


def test_the_items_of_a_set_are_each_taken_once(tmp_path: Path) -> None:
    run = foreach(tmp_path, "{'a', 'b', 'c', 'd'}")
    assert sorted(item for _, item in run("join", "got")) == ["a", "b", "c", "d"]


def test_a_two_dimensional_array_is_split_into_rows(tmp_path: Path) -> None:
    run = foreach(tmp_path, "__import__('numpy').arange(4).reshape(2, 2)")
    assert [item.tolist() for _, item in run("join", "got")] == [[0, 1], [2, 3]]


def test_an_error_inside_an_iterable_is_shown_as_it_is(tmp_path: Path) -> None:
    run = foreach(tmp_path, "(None + n for n in [1])")
    assert run.failed and isinstance(run.failed.exception, TypeError)


def test_a_property_can_be_split_over(tmp_path: Path) -> None:
    body = """
@property
def things(self): return [7, 8]
def start(self): self.next(self.body, foreach='things')
def body(self):
    self.got = self.input
    self.next(self.join)
def join(self, inputs):
    self.got = [i.got for i in inputs]
    self.next(self.end)
def end(self): pass
"""
    assert run_flow(tmp_path, flow(body))("end", "got") == [7, 8]


@pytest.mark.parametrize("declared", ["things = [7, 8]", "things = Parameter('things', default=[7, 8])"])
def test_a_constant_or_a_parameter_can_be_split_over(tmp_path: Path, declared: str) -> None:
    body = f"""
{declared}
def start(self): self.next(self.body, foreach='things')
def body(self):
    self.got = self.input
    self.next(self.join)
def join(self, inputs):
    self.got = [i.got for i in inputs]
    self.next(self.end)
def end(self): pass
"""
    assert run_flow(tmp_path, flow(body))("end", "got") == [7, 8]


def test_str_of_a_split_task_shows_its_place_and_item(tmp_path: Path) -> None:
    run = foreach(tmp_path, "['a' * 50]")
    assert run("body", "shown", 0) == f"<flow F step body[0] (input: {'a' * 20}...)>"


def test_an_item_may_have_a_repr_that_fails(tmp_path: Path) -> None:
    before = "class Rude:\n    def __repr__(self): raise RuntimeError('no')\n    __str__ = __repr__"
    body = """
def start(self):
    self.things = [Rude()]
    self.next(self.body, foreach='things')
def body(self):
    self.kind = type(self.input).__name__
    self.next(self.join)
def join(self, inputs): self.next(self.end)
def end(self): pass
"""
    assert run_flow(tmp_path, flow(body, before))("body", "kind", 0) == "Rude"


@pytest.mark.parametrize("name", ["index", "input"])
def test_index_and_input_cannot_be_set(tmp_path: Path, name: str) -> None:
    run = run_flow(tmp_path, two_steps(f"self.{name} = 1"))
    assert run.failed and isinstance(run.failed.exception, AttributeError)


def test_outside_of_a_foreach_there_is_no_index(tmp_path: Path) -> None:
    run = run_flow(tmp_path, two_steps("self.got = (self.index, self.input, self.foreach_stack(), str(self))"))
    assert run("end", "got") == (None, None, [], "<flow F step start>")


NESTED = """
def start(self):
    self.rows = ['x', 'y']
    self.next(self.outer, foreach='rows')
def outer(self):
    self.columns = {self.input + '1': 1, self.input + '2': 2}
    self.next(self.inner, foreach='columns')
def inner(self):
    self.stack = self.foreach_stack()
    self.next(self.deeper)
def deeper(self):
    self.deep = (self.index, self.input, self.foreach_stack())
    self.next(self.join_inner)
def join_inner(self, inputs):
    self.stacks = [i.foreach_stack() for i in inputs]
    self.own = (self.index, self.input, self.foreach_stack())
    self.next(self.join_outer)
def join_outer(self, inputs):
    self.own = (self.index, self.input, self.foreach_stack())
    self.shown = str(self)
    self.next(self.end)
def end(self): pass
"""


def test_foreach_stack_tells_of_every_level(tmp_path: Path) -> None:
    run = run_flow(tmp_path, flow(NESTED))
    assert run("inner", "stack", 1, 0) == [(1, 2, "y"), (0, 2, "y1")]
    assert run("deeper", "deep", 0, 1) == (1, "x2", [(0, 2, "x"), (1, 2, "x2")])
    assert run("join_inner", "stacks", 1) == [[(1, 2, "y"), (0, 2, "y1")], [(1, 2, "y"), (1, 2, "y2")]]


def test_a_join_stands_outside_of_the_foreach_that_it_closes(tmp_path: Path) -> None:
    run = run_flow(tmp_path, flow(NESTED))
    assert run("join_inner", "own", 1) == (1, "y", [(1, 2, "y")])
    assert (run("join_outer", "own"), run("join_outer", "shown")) == ((None, None, []), "<flow F step join_outer>")


def test_the_item_stays_when_a_step_changes_the_list(tmp_path: Path) -> None:
    run = run_flow(tmp_path, flow(NESTED.replace("self.stack = ", "self.columns = []; self.rows = []; self.stack = ")))
    assert run("deeper", "deep", 0, 1) == (1, "x2", [(0, 2, "x"), (1, 2, "x2")])
