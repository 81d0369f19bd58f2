"""A flow's own code as source: its methods, and what they do to `self`. LAUNCH; nothing is run."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import cached_property
from types import FunctionType
from typing import Any

from airflow_provider_flows.flow.flowspec import FlowSpec
from airflow_provider_flows.graph.guards import guarded
from airflow_provider_flows.graph.source import Function, Source, Sources

_SETTERS = ("setattr", "delattr")


def classes_of(flow_class: type) -> list[type]:
    """Return the flow and its base classes, without what all flows extend."""
    return [base for base in flow_class.__mro__ if base not in (FlowSpec, object)]


def methods_of(flow_class: type) -> Iterator[FunctionType]:
    """Yield the functions that get the flow as their first argument: methods, and what properties call."""
    for base in classes_of(flow_class):
        for value in vars(base).values():
            for part in _functions_of(value):
                function = inspect.unwrap(part) if isinstance(part, FunctionType) else None
                if isinstance(function, FunctionType):
                    yield function


def _functions_of(value: object) -> tuple[object, ...]:
    if isinstance(value, property):
        return (value.fget, value.fset, value.fdel)
    return (value.func,) if isinstance(value, cached_property) else (value,)


def source_of(function: FunctionType, sources: Sources) -> tuple[Source, Function] | None:
    """Return the file and the definition of a function; None where they cannot be had."""
    source = sources.of(function.__code__.co_filename, function.__globals__)
    definition = source.function(function.__code__) if source else None
    return (source, definition) if source and definition else None


class SelfUses:
    """What a method does to its first argument, `self`."""

    def __init__(self, definition: Function) -> None:
        arguments = [*definition.args.posonlyargs, *definition.args.args]
        self._this = arguments[0].arg if arguments else ""
        other = [node for node in ast.walk(definition) if node is not definition and self._calls_other_so(node)]
        hidden = {id(inner) for node in other for inner in ast.walk(node)}
        self._nodes = [(node, caught) for node, caught in guarded(definition) if id(node) not in hidden]

    def assigned(self) -> Iterator[tuple[ast.expr, str, frozenset[str]]]:
        """Yield the attributes that are set or deleted, with the exceptions that are caught around it."""
        declared = {id(node.target) for node, _ in self._nodes if isinstance(node, ast.AnnAssign) and not node.value}
        for node, caught in self._nodes:
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and self._is_this(node.value):
                if id(node) not in declared:
                    yield node, node.attr, caught
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SETTERS:
                target, key = (*node.args, None, None)[:2]
                if self._is_this(target) and isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield node, key.value, caught

    def is_out_of_sight(self) -> bool:
        """Whether something else than the method may set attributes: it is given `self`, or sets computed names."""
        plain = {
            id(node.value) for node, _ in self._nodes if isinstance(node, ast.Attribute) and node.attr != "__dict__"
        }
        plain.update(id(node.args[0]) for node, _ in self._nodes if isinstance(node, ast.Call) and _is_harmless(node))
        return any(self._is_this(node) and id(node) not in plain for node, _ in self._nodes)

    def _is_this(self, node: Any) -> bool:
        return isinstance(node, ast.Name) and node.id == self._this

    def _calls_other_so(self, node: ast.AST) -> bool:
        """Whether a function within the method calls something else `self`."""
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return False
        return any(isinstance(part, ast.arg) and part.arg == self._this for part in ast.walk(node.args))


def _is_harmless(call: ast.Call) -> bool:
    """Whether a call that may be given `self` first is one that sets nothing, or only what it names."""
    if not isinstance(call.func, ast.Name) or not call.args:
        return False
    if call.func.id in _SETTERS:
        return len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
    return call.func.id in ("getattr", "hasattr", "isinstance", "print", "repr", "str", "type")
