"""Reads the `self.next(…)` that ends a step. LAUNCH and TASK, any process that loads a flow.

What Metaflow 2.19 recognises (its graph.py), and in addition negative numbers as cases of a switch.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from airflow_provider_flows.errors import Problem
from airflow_provider_flows.graph.flow_graph import CaseKey, Node, SourceSpan
from airflow_provider_flows.graph.reserved import NEXT_KEYWORDS
from airflow_provider_flows.graph.source import Function, Source
from airflow_provider_flows.graph.step_type import StepType
from airflow_provider_flows.graph.wording import suggest

FORMS = (
    "Write self.next(self.a), self.next(self.a, self.b), self.next(self.a, foreach='items') "
    "or self.next({'x': self.a, 'y': self.b}, condition='which')."
)


def read_transition(node: Node, function: Function, source: Source) -> Node:
    """Return the node with the transition of the step's last statement, or with what is wrong with it."""
    arguments = [*function.args.posonlyargs, *function.args.args]
    this = arguments[0].arg if arguments else "self"
    last = function.body[-1]
    if isinstance(last, ast.Expr) and _is_next(last.value, this):
        assert isinstance(last.value, ast.Call)
        return _Reader(node, last.value, source, this).read()
    return replace(node, stray=_stray(function, source, this))


def _stray(function: Function, source: Source, this: str) -> SourceSpan | None:
    calls = [found for found in ast.walk(function) if isinstance(found, ast.Call) and _is_next(found, this)]
    return source.place(max(calls, key=lambda call: (call.lineno, call.col_offset))) if calls else None


def _is_next(expression: ast.expr, this: str) -> bool:
    return isinstance(expression, ast.Call) and _attribute_of(expression.func, this) == "next"


def _attribute_of(expression: ast.expr | None, owner: str) -> str | None:
    """Return `x` for the expression `owner.x`."""
    if isinstance(expression, ast.Attribute) and isinstance(expression.value, ast.Name):
        return expression.attr if expression.value.id == owner else None
    return None


class _Reader:
    """Reads one call and collects all that is wrong with it."""

    def __init__(self, node: Node, call: ast.Call, source: Source, this: str) -> None:
        self.node = replace(node, tail=source.place(call))
        self.call = call
        self.source = source
        self.this = this
        self.flaws: list[Problem] = []

    def read(self) -> Node:
        keywords = self._keywords()
        if self.flaws:
            node = self.node
        elif "condition" in keywords or any(isinstance(argument, ast.Dict) for argument in self.call.args):
            node = self._switch(keywords.get("condition"))
        elif keywords:
            node = self._foreach(*keywords.popitem())
        else:
            node = self._plain()
        return replace(self.node, tail_flaws=tuple(self.flaws)) if self.flaws else node

    def _flaw(self, where: ast.expr | SourceSpan, message: str, fix: str = FORMS) -> None:
        place = where if isinstance(where, SourceSpan) else self.source.place(where)
        self.flaws.append(place.problem(f"step '{self.node.name}' {message}", fix))

    def _keywords(self) -> dict[str, ast.expr]:
        found: dict[str, ast.expr] = {}
        for keyword in self.call.keywords:
            if keyword.arg is None:
                self._flaw(keyword.value, "passes **arguments to self.next(), which cannot be read before it runs.")
            elif keyword.arg not in NEXT_KEYWORDS:
                fix = suggest(keyword.arg, NEXT_KEYWORDS, "{0}=") or "It takes foreach=, num_parallel= or condition=."
                self._flaw(keyword.value, f"passes the unknown keyword '{keyword.arg}' to self.next().", fix)
            else:
                found[keyword.arg] = keyword.value
        if len(found) > 1:
            self._flaw(self.call, f"combines {' and '.join(found)} in one self.next(); it takes one of them.")
        return found

    def _plain(self) -> Node:
        targets = self._targets()
        if not self.call.args:
            self._flaw(self.call, "calls self.next() without a step to go to.")
        first: set[str] = set()
        for name, place in targets:
            if name in first:
                self._flaw(place, f"lists step '{name}' twice; each branch of a split is a step of its own.")
            first.add(name)
        single = StepType.JOIN if self.node.takes_inputs else StepType.LINEAR
        return self._with(targets, StepType.SPLIT if len(targets) > 1 else single)

    def _foreach(self, keyword: str, value: ast.expr) -> Node:
        targets = self._targets()
        if len(self.call.args) != 1:
            fix = f"Write self.next(self.a, {keyword}=…)."
            self._flaw(self.call, f"needs exactly one step beside {keyword}=.", fix)
        node = self._with(targets, StepType.FOREACH)
        if keyword == "foreach":
            return replace(node, foreach_param=self._artifact_name(value))
        return replace(node, num_parallel=self._count(value), parallel_foreach=True)

    def _artifact_name(self, value: ast.expr) -> str | None:
        """Return the literal, or None for an expression: Metaflow lets the name be computed at run time."""
        if isinstance(value, ast.Constant) and not (isinstance(value.value, str) and value.value):
            self._flaw(value, "gives foreach= something other than an artifact's name.", "Write foreach='items'.")
        return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None

    def _count(self, value: ast.expr) -> int | None:
        try:
            count = ast.literal_eval(value)
        except (ValueError, TypeError):  # an expression: its value is known at run time only
            return None
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            self._flaw(
                value,
                f"sets num_parallel={count!r}; it must be at least 1.",
                f"Write num_parallel=1 or more, or {self._as_linear()} for an ordinary transition.",
            )
            return None
        return count

    def _as_linear(self) -> str:
        return f"self.next({', '.join(ast.unparse(argument) for argument in self.call.args)})"

    def _switch(self, condition: ast.expr | None) -> Node:
        name = condition.value if isinstance(condition, ast.Constant) else None
        if condition is None:
            self._flaw(self.call, "passes a dict to self.next() without condition=.", "Add condition='<artifact>'.")
        elif not isinstance(name, str) or not name:
            self._flaw(condition, "needs the literal name of an artifact as condition.", "Write condition='which'.")
        cases = self._dict()
        targets = [(step, place) for _, step, place in cases]
        return replace(
            self._with(targets, StepType.SWITCH),
            condition=name if isinstance(name, str) else None,
            cases=tuple((key, step) for key, step, _ in cases),
        )

    def _dict(self) -> list[tuple[CaseKey, str, SourceSpan]]:
        if len(self.call.args) != 1 or not isinstance(self.call.args[0], ast.Dict):
            where = self.call.args[0] if self.call.args else self.call
            self._flaw(where, "needs one dict, written out in self.next(), beside condition=.")
            return []
        cases: dict[tuple[type, CaseKey], tuple[CaseKey, str, SourceSpan]] = {}
        dictionary = self.call.args[0]
        if not dictionary.keys:
            self._flaw(dictionary, "switches without a case.")
        for key_node, value_node in zip(dictionary.keys, dictionary.values):
            key, target = self._key(key_node, value_node), self._target(value_node)
            if key is None or target is None:
                continue
            if any(key == other for other, _, _ in cases.values()):
                self._flaw(key_node or value_node, f"lists the case {key!r} twice.", "Remove one of them.")
            cases[type(key), key] = (key, *target)
        return list(cases.values())

    def _key(self, key: ast.expr | None, value: ast.expr) -> CaseKey | None:
        if isinstance(key, ast.Attribute) and (config := _attribute_of(key.value, self.this)):
            return f"config:{config}.{key.attr}"
        try:
            literal: CaseKey | None = ast.literal_eval(key) if isinstance(key, (ast.Constant, ast.UnaryOp)) else None
        except ValueError:
            literal = None
        if literal is None:
            fix = "Use strings, numbers or self.<config>.<key> as cases."
            self._flaw(key or value, "has a case that is not a literal (and not None).", fix)
        return literal

    def _targets(self) -> list[tuple[str, SourceSpan]]:
        found = [self._target(argument) for argument in self.call.args]
        return [target for target in found if target is not None]

    def _target(self, argument: ast.expr) -> tuple[str, SourceSpan] | None:
        name = _attribute_of(argument, self.this)
        if name:
            return name, self.source.place(argument)
        self._flaw(argument, f"goes to {ast.unparse(argument)}, which is not a step of self.", _target_fix(argument))
        return None

    def _with(self, targets: Iterable[tuple[str, SourceSpan]], kind: StepType) -> Node:
        names, places = tuple(name for name, _ in targets), tuple(place for _, place in targets)
        return replace(self.node, type=kind, out_funcs=names, out_places=places)


def _target_fix(argument: ast.expr) -> str:
    if isinstance(argument, ast.Starred):
        return "List the steps one by one; to go to a number of items, use foreach='items'."
    if isinstance(argument, ast.Call) and isinstance(argument.func, ast.Attribute):
        return f"Name the step without calling it: {ast.unparse(argument.func)}."
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value.isidentifier():
        return f"Write self.{argument.value}."
    if isinstance(argument, ast.Name):
        return f"Write self.{argument.id}."
    return FORMS
