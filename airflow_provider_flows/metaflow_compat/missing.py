"""Names of Metaflow, and of this package, that a source file asks for and that are not there. LAUNCH; nothing is run.

What the file can do without is not a fault: what `try … except ImportError` guards, and what only type checkers read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airflow_provider_flows.errors import Problem
from airflow_provider_flows.graph.guards import guarded, lets_fail
from airflow_provider_flows.graph.source import Source
from airflow_provider_flows.metaflow_compat.known import PACKAGE, has_module, has_name, instead_of

_ROOTS = ("metaflow", PACKAGE)


@dataclass(frozen=True)
class Missing:
    """A name that is not there, `metaflow.S3`, and the first and last line of the statement that asks for it.

    `at_import` is what is asked for when the file is imported, not when a function of it is called.
    """

    name: str
    first: int
    last: int
    at_import: bool
    problem: Problem


def may_miss_names(file: str) -> bool:
    """Whether a file speaks of Metaflow or this package at all: of many files it is not worth reading more."""
    try:
        text = Path(file).read_bytes()
    except OSError:
        return False
    return any(root.encode() in text for root in _ROOTS)


def missing_names(source: Source) -> Iterator[Missing]:
    """Yield the names that a file imports, or reads of a module that it imported, in source order."""
    modules, late = _modules(source.tree), _lines_of_functions(source.tree)
    for node, caught in guarded(source.tree):
        asked: list[tuple[str, Any]]
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            asked = [] if lets_fail(caught, "ImportError", "ModuleNotFoundError") else [*_imported(node)]
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            name = None if lets_fail(caught, "AttributeError") else _dotted(node, modules)
            asked = [(name, node)] if name is not None else []
        elif isinstance(node, ast.Call) and not lets_fail(caught, "ImportError", "ModuleNotFoundError"):
            asked = [*_imported_by_call(node)]
        else:
            continue
        for each, written in asked:
            if not _is_there(each):
                # Before Python 3.10 an alias has no place.
                place = source.place(written if hasattr(written, "lineno") else node)
                first, last = node.lineno, node.end_lineno or node.lineno
                yield Missing(each, first, last, first not in late, place.problem(*instead_of(each)))


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Any]]:
    """Yield the full names that an import asks of Metaflow or this package, each with where it is written."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, alias) for alias in node.names if _is_of_root(alias.name))
    elif node.level == 0 and node.module and _is_of_root(node.module):
        if not has_module(node.module):
            yield node.module, node
            return
        yield from ((f"{node.module}.{alias.name}", alias) for alias in node.names if alias.name != "*")


def _imported_by_call(node: ast.Call) -> Iterator[tuple[str, Any]]:
    """Yield the module that `import_module("metaflow.…")` asks for."""
    function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
    name = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
    if function in ("import_module", "__import__") and isinstance(name, str) and _is_of_root(name):
        yield name, node


def _is_of_root(name: str) -> bool:
    return name.partition(".")[0] in _ROOTS


def _is_there(name: str) -> bool:
    module, _, attribute = name.rpartition(".")
    return has_module(name) or (bool(module) and has_name(module, attribute))


def _modules(tree: ast.AST) -> Mapping[str, str]:
    """Return the modules of Metaflow or this package that names of a file mean, everywhere in it."""
    found: dict[str, str] = {}
    other: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                found[name] = alias.name if alias.asname else name
        elif isinstance(node, ast.ImportFrom):
            found.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            other.add(node.id)
        elif isinstance(node, ast.arg):
            other.add(node.arg)
    return {
        name: module
        for name, module in found.items()
        if name not in other and _is_of_root(module) and has_module(module)
    }


def _dotted(node: ast.Attribute, modules: Mapping[str, str]) -> str | None:
    """Return `metaflow.S3` for an attribute of a module; None where something else is asked for one."""
    if isinstance(node.value, ast.Name):
        owner = modules.get(node.value.id)
    else:
        owner = _dotted(node.value, modules) if isinstance(node.value, ast.Attribute) else None
    return f"{owner}.{node.attr}" if owner and has_module(owner) else None


def _lines_of_functions(tree: ast.AST) -> frozenset[int]:
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return frozenset(line for node in functions for line in range(node.body[0].lineno, (node.end_lineno or 0) + 1))
