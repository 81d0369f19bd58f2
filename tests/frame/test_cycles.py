"""Modules and packages import each other in no circle but those that are written down here, each with its reason.

The import contracts in pyproject.toml see what is imported; these tests see what is imported in functions and by name,
too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from tests.conftest import ROOT

PACKAGE = "airflow_provider_flows"
FILES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for file in sorted((ROOT / PACKAGE).rglob("*.py"))
}

CIRCLES = {
    ("flow.flowspec", "flow.owned"): "what belongs to a flow is asked of the class that is made of such descriptors",
    ("flow.sameness", "flow.sameness_of_arrays"): "containers hold arrays, and arrays hold objects",
    ("store.open", "store.store"): "a store is unpickled by opening it",
}
"""Modules that import each other, one of them in a function, with a comment."""

PACKAGE_CIRCLES = {
    ("client", "flow"): "`current.run` and `current.task` answer with objects of the client",
    (
        "as_metaflow",
        "metaflow_compat",
    ): "a child process finds a module `metaflow` on its path, which installs the real thing",
}

BY_NAME = {
    "": "names are looked up when they are asked for, so that `import airflow_provider_flows` costs nothing",
    "cards.registry": "cards of other distributions, by where they lie",
    "cli.commands": "a command is loaded when it is typed",
    "client.base": "each kind of object is of a module that imports that of its children",
    "decorators.registry": "decorators by their import path",
    "metaflow_compat.finder": "the names of Metaflow, wherever they live here",
    "metaflow_compat.known": "the same names, only to see whether they are there",
    "flow.config": "a parser by its import path",
    "flow.flowspec": "a script that makes an object of its flow starts the command line",
    "flow.includefile": "a parser by its import path",
    "inside": "this package's own copies, before there is anything else",
    "lazy": "the names of a package, from the module that has each, when they are asked for",
    "local.fork_server": "what the launcher has seen the flow import",
    "operators.callbacks": "callbacks by their import path",
    "store.object_store": "what knows the servers and identities of one cloud, for roots there",
    "store.open_bucket": "Airflow's side, for roots that name a connection",
}
"""Modules that import others by a string, which no linter sees."""


def imports(module: str) -> Iterator[tuple[str, int, bool]]:
    """Yield the modules of this package that a module imports, the line, and whether that is in a function."""

    def walk(node: ast.AST, in_function: bool) -> Iterator[tuple[str, int, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
                continue
            inside = in_function or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            if isinstance(child, ast.Import):
                names = [name.name for name in child.names]
            elif isinstance(child, ast.ImportFrom) and child.module:
                parts = [f"{child.module}.{name.name}" for name in child.names]
                names = [part if part in FILES else child.module for part in parts]
            else:
                names = []
            yield from ((name, child.lineno, inside) for name in names if name in FILES and name != module)
            yield from walk(child, inside)

    return walk(ast.parse(FILES[module].read_text(encoding="utf-8")), False)


IMPORTS = {module: list(imports(module)) for module in FILES}


def short(module: str) -> str:
    return module.removeprefix(PACKAGE).removeprefix(".")


def circles(graph: Mapping[str, Iterable[str]]) -> set[tuple[str, ...]]:
    """Return the circles of a graph, one after the other, each taken out of it before the next is looked for."""
    left, found = {node: set(edges) - {node} for node, edges in graph.items()}, set()
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            circle = error.args[1][:-1]
            found.add(tuple(sorted(circle)))
            # The sorter names each module after one that imports it.
            for one, other in zip(error.args[1], error.args[1][1:], strict=False):
                left[other].discard(one)
        else:
            return found


def test_modules_import_each_other_in_no_circle_but_these() -> None:
    graph = {short(module): {short(name) for name, _, _ in found} for module, found in IMPORTS.items()}
    assert circles(graph) == set(CIRCLES)


def test_a_comment_justifies_each_of_them() -> None:
    for circle in CIRCLES:
        modules = {f"{PACKAGE}.{name}" for name in circle}
        late = [(one, line) for one in modules for name, line, inside in IMPORTS[one] if name in modules and inside]
        assert late, circle
        for module, line in late:
            lines = FILES[module].read_text(encoding="utf-8").splitlines()
            assert "  # " in lines[line - 1] or lines[line - 2].lstrip().startswith("# "), (module, line)


def test_packages_import_each_other_in_no_circle_but_these() -> None:
    graph: dict[str, set[str]] = {}
    for module, found in IMPORTS.items():
        package = short(module).partition(".")[0]
        graph.setdefault(package, set()).update(short(name).partition(".")[0] for name, _, _ in found)
    for one, other in PACKAGE_CIRCLES:
        assert one in graph[other] and other in graph[one], (one, other)
        graph[other].discard(one)
    assert circles(graph) == set()


def test_what_is_imported_by_name_is_listed() -> None:
    call = re.compile(r"\bimport_module\((?!\")")
    by_name = {short(module) for module, file in FILES.items() if call.search(file.read_text(encoding="utf-8"))}
    assert by_name | {"flow.flowspec", "client.base"} == set(BY_NAME)
