"""Source text of flow files: finds the definition of a function or class, and exact places in it.

Each file is read and parsed once for each graph. LAUNCH and TASK, any process that loads the flow.
"""

from __future__ import annotations

import ast
import linecache
import re
from collections.abc import Iterator
from types import CodeType
from typing import Any, Union

from airflow_provider_flows.graph.flow_graph import SourceSpan

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
Definition = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef]


class Source:
    """One parsed source file. Raises SyntaxError or ValueError if it is not Python (any more)."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.tree = ast.parse(text)
        self._lines = text.split("\n")
        self._definitions = list(_definitions(self.tree.body))
        self._functions = {
            (_first_line(node), node.name): node
            for node in self._definitions
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        }

    def function(self, code: CodeType) -> Function | None:
        """Return the definition that was compiled to `code`, or None if the file does not hold it."""
        return self.function_at(code.co_firstlineno, code.co_name)

    def function_at(self, line: int, name: str) -> Function | None:
        """Return the definition of a function whose first line, that of a decorator if it has one, is `line`."""
        return self._functions.get((line, name))

    def class_place(self, name: str, attribute: str | None = None) -> SourceSpan | None:
        """Return where the last class called `name` is defined, or where its body sets an attribute."""
        found = [node for node in self._definitions if isinstance(node, ast.ClassDef) and node.name == name]
        if not found:
            return None
        inside = [node for node in found[-1].body if attribute is not None and attribute in _bound(node)]
        return self.place(inside[-1]) if inside else self.name_place(found[-1])

    def line(self, number: int) -> str:
        """Return a line's text; empty beyond the end of the file."""
        return self._lines[number - 1].rstrip("\r") if 0 < number <= len(self._lines) else ""

    def place(self, node: ast.expr | ast.arg | ast.stmt | ast.alias) -> SourceSpan:
        """Return where `node` is written: its first line only, if it spans several."""
        text = self.line(node.lineno)
        last = node.end_col_offset if node.end_lineno == node.lineno else None
        end = len(text.rstrip()) if last is None else _characters(text, last)
        return SourceSpan(self.file, node.lineno, _characters(text, node.col_offset), end, text)

    def name_place(self, node: Definition) -> SourceSpan:
        """Return where the name that `node` defines is written."""
        text = self.line(node.lineno)
        start = _characters(text, node.col_offset)
        match = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)").match(text, start)
        column, end = match.span(1) if match else (start, len(text.rstrip()))
        return SourceSpan(self.file, node.lineno, column, end, text)


def line_place(file: str, number: int) -> SourceSpan:
    """Return a whole line of a file, whatever the file is."""
    text = linecache.getline(file, number).rstrip("\n")
    return SourceSpan(file, number, len(text) - len(text.lstrip()), len(text), text)


class Sources:
    """The files of one flow, each parsed at most once."""

    def __init__(self) -> None:
        self._files: dict[str, Source | None] = {}

    def of(self, file: str, module_globals: dict[str, Any] | None = None) -> Source | None:
        """Return a parsed file, or None if its text cannot be had."""
        if file not in self._files:
            self._files[file] = _read(file, module_globals)
        return self._files[file]


def _read(file: str, module_globals: dict[str, Any] | None) -> Source | None:
    linecache.checkcache(file)
    text = "".join(linecache.getlines(file, module_globals))
    try:
        return Source(file, text) if text else None
    except (SyntaxError, ValueError):
        return None


def _definitions(body: list[Any]) -> Iterator[Definition]:
    """Yield every class and function below `body`, looking only where statements can be: fast on long files."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node
        for block in ("body", "orelse", "handlers", "finalbody"):
            inner = getattr(node, block, None)
            if isinstance(inner, list):
                yield from _definitions(inner)


def _bound(statement: ast.stmt) -> set[str]:
    """Return the names that a statement of a class body gives a value."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return {node.id for node in names if isinstance(node.ctx, ast.Store)}


def _first_line(node: Function) -> int:
    """Return what Python calls the first line of the function's code: that of its first decorator."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _characters(text: str, offset: int) -> int:
    """Turn an offset in UTF-8 bytes, as `ast` counts, into one in characters."""
    return offset if text.isascii() else len(text.encode()[:offset].decode(errors="ignore"))
