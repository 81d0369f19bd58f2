"""Whose items a mapped task of another step has, however the foreaches of a flow are nested."""

from __future__ import annotations

from types import SimpleNamespace

from airflow_provider_flows.operators.caught_parents import CaughtParents

from .working import Work

FLOW = """
def start(self):
    self.items = [1, 2]
    self.next(self.outer, foreach="items")
def outer(self):
    self.next(self.inner)
def inner(self):
    self.parts = range(self.input)
    self.next(self.deep, foreach="parts")
def deep(self): self.next(self.inner_join)
def inner_join(self, inputs): self.next(self.outer_join)
def outer_join(self, inputs): self.next(self.end)
def end(self): pass
"""


def test_tasks_of_one_item_are_told_from_those_of_others_at_any_depth(work: Work) -> None:
    work.deploy(FLOW)
    work.run("start")
    for index in (0, 1):
        work.run("outer", "inner", index=index)
    work.fan_out("inner")
    runtime, _ = work.begin("deep", 1)  # part 0 of the item 1; the item 0 has one part

    def same(consumer: str, index: int, step: str, other: int) -> bool:
        parents = CaughtParents(runtime, SimpleNamespace(map_index=index), consumer, {})
        return parents.with_our_items(step, [other]) == {other}

    assert [same("deep", 1, "outer", each) for each in (0, 1)] == [False, True]
    assert [same("inner_join", 1, "deep", each) for each in (0, 1, 2)] == [False, True, True]
    assert [same("inner_join", 0, "outer", each) for each in (0, 1)] == [True, False]
