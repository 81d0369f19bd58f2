"""Which code a `try` around it lets fail: who asks for something and goes on without it is not wrong. Any phase."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from airflow_provider_flows.graph.syntax import last_name

EVERYTHING = "BaseException"
"""What a bare `except:` catches."""

_Function = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_Try = tuple(getattr(ast, name) for name in ("Try", "TryStar") if hasattr(ast, name))


def guarded(tree: ast.AST) -> Iterator[tuple[ast.AST, frozenset[str]]]:
    """Yield each node of `tree`, in source order, with the names of the exceptions that something around it catches.

    A function's body is guarded by what is in the function alone, since it runs elsewhere. What is written for type
    checkers never runs, and is left out; `if hasattr(module, …):` guards as catching AttributeError does.
    """
    ahead: list[tuple[ast.AST, frozenset[str]]] = [(tree, frozenset())]  # no recursion: expressions may be very deep
    while ahead:
        node, caught = ahead.pop()
        yield node, caught
        below = [(child, inside) for part, inside in _parts(node, caught) for child in part]
        ahead.extend(reversed(below))


def lets_fail(caught: frozenset[str], *exceptions: str) -> bool:
    """Whether one of these exceptions, or all of them, are caught."""
    return not caught.isdisjoint((*exceptions, "Exception", EVERYTHING))


def caught_at(tree: ast.AST, line: int) -> frozenset[str]:
    """Return the names of the exceptions that are caught around the statement at a line."""
    found: frozenset[str] = frozenset()
    for node, caught in guarded(tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            found = caught
    return found


def _parts(node: ast.AST, caught: frozenset[str]) -> Iterator[tuple[Iterable[ast.AST], frozenset[str]]]:
    """Yield what is directly below a node, by what is caught there."""
    if isinstance(node, _Try):
        yield node.body, caught | {name for handler in node.handlers for name in _caught_by(handler)}
        yield (*node.handlers, *node.orelse, *node.finalbody), caught
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        yield node.items, caught
        yield node.body, caught | {name for item in node.items for name in _suppressed(item.context_expr)}
    elif isinstance(node, (ast.If, ast.IfExp)):
        yield [node.test], caught
        if not _is_for_type_checkers(node.test):
            yield _listed(node.body), caught | ({"AttributeError"} if _asks_for_attribute(node.test) else set())
        yield _listed(node.orelse), caught
    elif isinstance(node, _Function):
        body = _listed(node.body)
        inner = set(map(id, body))
        yield [child for child in ast.iter_child_nodes(node) if id(child) not in inner], caught
        yield body, frozenset()
    else:
        yield ast.iter_child_nodes(node), caught


def _listed(body: Any) -> list[ast.AST]:
    """Return the statements of a block, or the one expression that stands in its place."""
    return body if isinstance(body, list) else [body]


def _caught_by(handler: ast.ExceptHandler) -> Iterator[str]:
    """Yield the names of what a handler catches and does not raise again."""
    if isinstance(handler.body[-1], ast.Raise):
        return
    if handler.type is None:
        yield EVERYTHING
    elif isinstance(handler.type, ast.Tuple):
        yield from map(last_name, handler.type.elts)
    else:
        yield last_name(handler.type)


def _suppressed(expression: ast.expr) -> Iterator[str]:
    if isinstance(expression, ast.Call) and last_name(expression.func) == "suppress":
        yield from map(last_name, expression.args)


def _is_for_type_checkers(test: ast.expr) -> bool:
    return last_name(test) == "TYPE_CHECKING"


def _asks_for_attribute(test: ast.expr) -> bool:
    return any(isinstance(node, ast.Call) and last_name(node.func) == "hasattr" for node in ast.walk(test))
