"""Values as Python code that says just them, laid out as `ruff format` lays code out. LAUNCH phase, in `flows-compile`.

A value becomes a tree of three kinds of nodes (an atom, a group in brackets, a chain of edges) and the tree becomes
text. What fits 88 columns is written on one line; all else has one item per line and a trailing comma, which a
formatter leaves alone at any line length. Only `Name`, `Lazy`, `Call`, `Chain` and `Import` are code, and they take
checked names; a value of a plan is never one of them, only the emitter makes them.
"""

from __future__ import annotations

import keyword
import math
from base64 import encodebytes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from airflow_provider_flows.compiler.quoting import WIDE, as_it_is, bytes_on_one_line, on_one_line, width, with_escapes

LINE = 88
"""Columns that a formatter would fill with its own default."""

_INDENT = 4
_DEEPEST = 20
_LONGEST_INTEGER = 10**80


@dataclass(frozen=True)
class Name:
    """A name, with dots or without, that stands for what the file defines or imports."""

    name: str


@dataclass(frozen=True)
class Lazy:
    """A function without arguments that returns what a name stands for when it is called."""

    name: str


@dataclass(frozen=True)
class Call:
    """A call of a function, a class or a method by its name."""

    function: str
    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Chain:
    """Edges in a row: `a >> [b, c] >> Label("case") >> d`. The caller keeps it short enough for one line."""

    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Import:
    """`from module import names`, or `import module` when there are no names."""

    module: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Atom:
    """Code that is never broken, or the literal of a `text` that can be, with what comes right `after` it."""

    flat: str | None
    text: str | None = None
    after: str = ""


@dataclass(frozen=True)
class _Group:
    """Items between brackets; each item is what comes before its value, and the value."""

    flat: str | None
    start: str
    items: tuple[tuple[_Atom, _Atom | _Group], ...]
    end: str


Code = (Name, Lazy, Call, Chain, Import)
"""What is written as code; all else is written as a literal."""

_Node = _Atom | _Group
_NOTHING = _Atom("")


def literal(value: object, *, indent: int = 0, column: int = 0, tail: int = 0, where: str = "value") -> str:
    """Return `value` as Python code that begins at `column` of a line indented by `indent` columns.

    `tail` columns of other text follow on the last line. Raises TypeError, naming the argument by `where`, for what
    no literal can say.
    """
    return _lay_out(_node(value, where, 0), indent, column, tail)


def one_line(value: object, where: str = "value") -> str | None:
    """Return `value` as code on one line, whatever its place; None when that is more than a line can hold."""
    return _node(value, where, 0).flat


def checked_name(name: str) -> str:
    """Return `name` if it is an identifier that Python would take for a name; ValueError for anything else."""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError(f"{name!r} is not a Python name")
    return name


def checked_path(name: str) -> str:
    """Return names joined by dots if each of them is one; ValueError for anything else."""
    return ".".join(checked_name(part) for part in name.split("."))


def _lay_out(node: _Node, indent: int, column: int, tail: int) -> str:
    if isinstance(node, _Atom):
        return _lay_out_atom(node, column, tail)
    if node.flat is not None and (not node.items or column + width(node.flat) + tail <= LINE):
        return node.flat
    lines = [_item(before, value, indent + _INDENT) for before, value in node.items]
    return "\n".join([node.start, *lines, " " * indent + node.end])


def _lay_out_atom(node: _Atom, column: int, tail: int) -> str:
    if node.text is None or (node.flat is not None and column + width(node.flat) + tail <= WIDE):
        if node.flat is None:
            raise ValueError("a chain of edges is too long for one line")
        return node.flat
    place = column, tail + len(node.after)
    return (as_it_is(node.text, *place) or with_escapes(node.text, *place)) + node.after


def _item(before: _Atom, value: _Node, indent: int) -> str:
    start = " " * indent + _lay_out(before, indent, indent, _least_width(value))
    column = width(start.rpartition("\n")[2])
    return f"{start}{_in_parentheses(value, indent, column) or _lay_out(value, indent, column, 1)},"


def _least_width(node: _Node) -> int:
    """Return the columns that a node needs on its first line, however it is laid out."""
    if isinstance(node, _Group):
        return len(node.start) + (0 if node.items else len(node.end) + 1)
    return len('r"""\\') if node.text is not None else len(f"{node.flat},")


def _in_parentheses(node: _Node, indent: int, column: int) -> str | None:
    """Return a text with backslashes on lines of its own when its first line is all that keeps it from being raw."""
    if not isinstance(node, _Atom) or node.flat is not None or node.text is None or "\\" not in node.text:
        return None
    raw = None if as_it_is(node.text, column, 1) else as_it_is(node.text, indent + _INDENT)
    return raw and f"(\n{' ' * (indent + _INDENT)}{raw}\n{' ' * indent})"


def _node(value: object, where: str, depth: int) -> _Node:
    if depth > _DEEPEST:
        raise TypeError(f"{where} is nested more than {_DEEPEST} levels deep")
    if isinstance(value, Code):
        return _code(value, where, depth)
    if isinstance(value, str):
        text = str.__str__(value)
        return _Atom(on_one_line(text) if text.count("\n") < 2 else None, text)
    if isinstance(value, (bytes, bytearray)):
        return _bytes(bytes(value), where, depth)
    if value is None or isinstance(value, (bool, int, float)):
        return _number(value, where, depth)
    return _container(value, where, depth)


def _code(value: Name | Lazy | Call | Chain | Import, where: str, depth: int) -> _Node:
    if isinstance(value, Name):
        return _Atom(checked_path(value.name))
    if isinstance(value, Lazy):
        return _Atom(f"lambda: {checked_path(value.name)}")
    if isinstance(value, Chain):
        return _Atom(_joined([_node(part, where, depth).flat for part in value.parts], " >> "))
    if isinstance(value, Import):
        return _import(value)
    args = [(_NOTHING, _node(arg, f"{where}, argument {n}", depth + 1)) for n, arg in enumerate(value.args, 1)]
    kwargs = [
        (_Atom(f"{checked_name(key)}="), _node(arg, f"{where}, argument {key!r}", depth + 1))
        for key, arg in value.kwargs
    ]
    return _group(f"{checked_path(value.function)}(", [*args, *kwargs], ")")


def _import(value: Import) -> _Node:
    if not value.names:
        return _Atom(f"import {checked_path(value.module)}")
    start = f"from {checked_path(value.module)} import "
    names = _group(start, [(_NOTHING, _Atom(checked_name(name))) for name in value.names], "")
    return _Group(names.flat, f"{start}(", names.items, ")")


def _bytes(value: bytes, where: str, depth: int) -> _Node:
    flat = bytes_on_one_line(value)
    if flat is not None:
        return _Atom(flat)
    return _node(Call("b64decode", ("\n" + encodebytes(value).decode(),)), where, depth)


def _number(value: bool | int | float | None, where: str, depth: int) -> _Node:
    if value is None or isinstance(value, bool):
        return _Atom(repr(value))
    if isinstance(value, int):
        if abs(value) >= _LONGEST_INTEGER:
            raise TypeError(f"{where} is an integer of more than 80 digits, which a DAG file does not hold")
        return _Atom(int.__repr__(value))
    if math.isfinite(value):
        return _Atom(float.__repr__(value).replace("e+", "e"))
    return _node(Call("float", (float.__repr__(value),)), where, depth)


def _container(value: object, where: str, depth: int) -> _Node:
    if isinstance(value, dict):
        items = [
            (_key(key, where, depth), _node(item, f"{where}[{key!r:.40}]", depth + 1)) for key, item in value.items()
        ]
        return _group("{", items, "}")
    if isinstance(value, (list, tuple)):
        values = [(_NOTHING, _node(item, f"{where}[{n}]", depth + 1)) for n, item in enumerate(value)]
        return _group("[", values, "]") if isinstance(value, list) else _tuple(values)
    if isinstance(value, frozenset):
        return _node(Call("frozenset", (set(value),) if value else ()), where, depth)
    if isinstance(value, set):
        return _set(value, where, depth) if value else _Atom("set()")
    raise TypeError(f"{where} is a {type(value).__name__}, which a DAG file cannot hold")


def _key(key: object, where: str, depth: int) -> _Atom:
    node = _node(key, f"a key of {where}", depth + 1)
    if isinstance(node, _Group):
        raise TypeError(f"a key of {where} is a {type(key).__name__}, which a DAG file cannot hold as a key")
    return _Atom(None if node.flat is None else f"{node.flat}: ", node.text, ": ")


def _tuple(items: Sequence[tuple[_Atom, _Node]]) -> _Node:
    if len(items) != 1:
        return _group("(", items, ")")
    # The comma of a tuple of one says nothing to a formatter about lines, so that tuple needs brackets of its own.
    as_list = _group("[", items, "]")
    return _Group(as_list.flat and f"({as_list.flat[1:-1]},)", "tuple(", ((_NOTHING, as_list),), ")")


def _set(value: set[object], where: str, depth: int) -> _Node:
    """Sort by what is written, so that the order never depends on a process's hash seed."""
    nodes = [_node(item, f"an item of {where}", depth + 1) for item in value]
    return _group("{", [(_NOTHING, node) for node in sorted(nodes, key=_written)], "}")


def _written(node: _Node) -> str:
    return _lay_out(node, 0, 0, 0)


def _group(start: str, items: Iterable[tuple[_Atom, _Node]], end: str) -> _Group:
    items = tuple(items)
    inside = _joined([_joined([before.flat, value.flat], "") for before, value in items], ", ")
    return _Group(None if inside is None else _joined([start, inside, end], ""), start, items, end)


def _joined(parts: Sequence[str | None], separator: str) -> str | None:
    """Join what is on one line; None when a part is not, or all of it is longer than a line."""
    if any(part is None for part in parts) or sum(map(len, filter(None, parts))) > WIDE:
        return None
    return separator.join(part for part in parts if part is not None)
