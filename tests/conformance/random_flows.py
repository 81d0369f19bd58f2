"""Random valid flows as trees, the source text of each, and what a plain recursive reading of the tree expects of it.

A block is a sequence of elements; what leaves one element enters the next. A switch needs no step to merge its arms:
they all lead to what comes next. Switches, sizes of foreaches and rounds of recursion depend on the indices and on the
parameter `turn` alone, so that the tree says what every task leaves: its `trail`, the steps that led to it, those of a
join's inputs as lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hypothesis import strategies as st

MOST_STEPS = 14
DEEPEST = 4
LARGEST = 3
"""Items of a foreach, and rounds of a recursion, at most."""


@dataclass(frozen=True)
class Plain:
    """A step; one that `fails` does so where the indices' sum is odd, after it has set its trail, and is caught."""

    name: str
    fails: bool = False


@dataclass(frozen=True)
class Split:
    name: str
    branches: tuple[Block, ...]
    join: str


@dataclass(frozen=True)
class Foreach:
    name: str
    body: Block
    join: str
    salt: int


@dataclass(frozen=True)
class Switch:
    """An empty arm leads straight to what comes next."""

    name: str
    arms: tuple[Block, ...]
    salt: int


@dataclass(frozen=True)
class Loop:
    name: str
    salt: int


Element: TypeAlias = "Plain | Split | Foreach | Switch | Loop"
Block: TypeAlias = "tuple[Element, ...]"


@dataclass
class _Budget:
    """Hands out the names of steps, and says how many may still be made."""

    left: int = MOST_STEPS - 2
    made: int = 0

    def name(self, prefix: str) -> str:
        self.made += 1
        self.left -= 1
        return f"{prefix}{self.made}"


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    """Return the steps of a flow between `start` and `end`."""
    return _block(draw, _Budget(), DEEPEST, before_join=False)


def _block(draw: st.DrawFn, budget: _Budget, depth: int, before_join: bool) -> Block:
    elements: list[Element] = []
    for _ in range(draw(st.sampled_from((1, 1, 2, 3)))):
        if budget.left <= 0 and elements:
            break
        elements.append(_element(draw, budget, depth))
    if before_join and _needs_a_step_after(elements[-1]):
        elements.append(Plain(budget.name("p")))
    return tuple(elements)


def _element(draw: st.DrawFn, budget: _Budget, depth: int) -> Element:
    possible = ["plain"]
    if budget.left >= 2:
        possible.append("loop")
    if depth and budget.left >= 3:
        possible += ["foreach", "switch"] * 2
    if depth and budget.left >= 4:
        possible.append("split")
    kind, salt = draw(st.sampled_from(possible)), draw(st.integers(0, 5))
    if kind == "plain":
        return Plain(budget.name("p"), fails=draw(st.integers(0, 3)) == 3)
    if kind == "loop":
        return Loop(budget.name("l"), salt)
    name = budget.name({"foreach": "f", "switch": "w", "split": "s"}[kind])
    if kind == "foreach":
        join = budget.name("j")
        return Foreach(name, _block(draw, budget, depth - 1, before_join=True), join, salt)
    if kind == "split":
        join = budget.name("j")
        return Split(name, tuple(_block(draw, budget, depth - 1, before_join=True) for _ in range(2)), join)
    arms = [_block(draw, budget, depth - 1, before_join=False) for _ in range(draw(st.integers(1, 2)))]
    if len(arms) == 1:
        arms.insert(draw(st.integers(0, 1)), ())
    return Switch(name, tuple(arms), salt)


def _needs_a_step_after(element: Element) -> bool:
    """Whether a switch would lead directly to a join that came next."""
    if isinstance(element, Switch):
        return any(not arm or _needs_a_step_after(arm[-1]) for arm in element.arms)
    return isinstance(element, Loop)


# The source text


def source(block: Block) -> str:
    """Return the flow file of a block."""
    lines = ["from metaflow import FlowSpec, Parameter, catch, step", "", ""]
    lines += ["class RandomFlow(FlowSpec):", "    turn = Parameter('turn', default=0)", ""]
    body = list(_step("start", ['self.trail = ["start"]', f"self.next(self.{_entry(block, 'end')})"]))
    body += list(_block_source(block, "end"))
    body += list(_step("end", [_passed("end")]))
    lines += [f"    {line}" if line else "" for line in body]
    return "\n".join([*lines, "", 'if __name__ == "__main__":', "    RandomFlow()", ""])


def _entry(block: Block, after: str) -> str:
    return block[0].name if block else after


def _block_source(block: Block, after: str) -> Iterator[str]:
    for index, element in enumerate(block):
        yield from _element_source(element, _entry(block[index + 1 :], after))


def _element_source(element: Element, after: str) -> Iterator[str]:
    name, passed = element.name, _passed(element.name)
    if isinstance(element, Plain):
        if element.fails:
            yield "@catch(var='error', print_exception=False)"
            passed += f"; assert {_SUM} % 2 == 0"
        yield from _step(name, [passed, f"self.next(self.{after})"])
    elif isinstance(element, Loop):
        count = [
            f"self.{name}_round = getattr(self, '{name}_round', 0) + 1",
            f"self.go = self.{name}_round < {_number(element.salt)}",
        ]
        yield from _step(
            name, [passed, *count, f"self.next({{True: self.{name}, False: self.{after}}}, condition='go')"]
        )
    elif isinstance(element, Switch):
        cases = ", ".join(f"{index}: self.{_entry(arm, after)}" for index, arm in enumerate(element.arms))
        choice = f"self.arm = ({_SUM} + {element.salt}) % {len(element.arms)}"
        yield from _step(name, [passed, choice, f"self.next({{{cases}}}, condition='arm')"])
        for arm in element.arms:
            yield from _block_source(arm, after)
    elif isinstance(element, Foreach):
        items = f"self.{name}_items = list(range({_number(element.salt)}))"
        yield from _step(name, [passed, items, f"self.next(self.{_entry(element.body, '')}, foreach='{name}_items')"])
        yield from _block_source(element.body, element.join)
        yield from _join(element.join, after)
    else:
        heads = ", ".join(f"self.{_entry(branch, '')}" for branch in element.branches)
        yield from _step(name, [passed, f"self.next({heads})"])
        for branch in element.branches:
            yield from _block_source(branch, element.join)
        yield from _join(element.join, after)


_SUM = "(self.turn + sum(frame[0] for frame in self.foreach_stack()))"


def _number(salt: int) -> str:
    return f"1 + ({_SUM} + {salt}) % {LARGEST}"


def _passed(name: str) -> str:
    return f"self.trail = [*self.trail, '{name}']"


def _step(name: str, lines: list[str], arguments: str = "self") -> Iterator[str]:
    yield from ("@step", f"def {name}({arguments}):", *(f"    {line}" for line in lines), "")


def _join(name: str, after: str) -> Iterator[str]:
    gather = f"self.trail = [*[branch.trail for branch in inputs], '{name}']"
    yield from _step(name, [gather, f"self.next(self.{after})"], "self, inputs")


# What is expected of it


@dataclass
class Reading:
    """What each task of a block leaves as `trail`, by step, split path and round; `turn` is the parameter."""

    turn: int
    trails: dict[tuple[str, tuple[int, ...], int | None], list[Any]] = field(default_factory=dict)


def expected(block: Block, turn: int = 0) -> dict[tuple[str, tuple[int, ...], int | None], list[Any]]:
    """Return the trail of each task that the flow of a block reaches."""
    reading = Reading(turn, {("start", (), None): ["start"]})
    last = _read_block(reading, block, (), ["start"])
    reading.trails["end", (), None] = [*last, "end"]
    return reading.trails


def _read_block(reading: Reading, block: Block, path: tuple[int, ...], trail: list[Any]) -> list[Any]:
    for element in block:
        trail = _read(reading, element, path, trail)
    return trail


def _read(reading: Reading, element: Element, path: tuple[int, ...], trail: list[Any]) -> list[Any]:
    name, trails = element.name, reading.trails
    if isinstance(element, Loop):
        for index in range(_number_at(reading, element.salt, path)):
            trail = trails[name, path, index] = [*trail, name]
        return trail
    trail = trails[name, path, None] = [*trail, name]
    if isinstance(element, Plain):
        return trail
    if isinstance(element, Switch):
        return _read_block(
            reading, element.arms[(reading.turn + sum(path) + element.salt) % len(element.arms)], path, trail
        )
    if isinstance(element, Foreach):
        places = [(element.body, (*path, index)) for index in range(_number_at(reading, element.salt, path))]
    else:
        places = [(branch, path) for branch in element.branches]
    joined = trails[element.join, path, None] = [
        *[_read_block(reading, part, place, trail) for part, place in places],
        element.join,
    ]
    return joined


def _number_at(reading: Reading, salt: int, path: tuple[int, ...]) -> int:
    return 1 + (reading.turn + sum(path) + salt) % LARGEST
