"""What modules keep between calls is listed, each with its reason, in docs/design.md."""

from __future__ import annotations

import ast
import re

from tests.conftest import ROOT

PACKAGE = ROOT / "airflow_provider_flows"
CHANGING = {
    "add",
    "append",
    "clear",
    "discard",
    "extend",
    "insert",
    "pop",
    "remove",
    "reset",
    "set",
    "setdefault",
    "update",
}


def kept(tree: ast.Module) -> set[str]:
    """Return the names of a module that its functions assign, change, or remember answers in."""
    names = {
        target.id
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            found.update(node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
            found.update({node.func.value.id} & names if isinstance(node.func.value, ast.Name) else ())
        elif isinstance(node, (ast.Assign, ast.Delete)):
            changed = [each.value for each in node.targets if isinstance(each, ast.Subscript)]
            found.update(each.id for each in changed if isinstance(each, ast.Name) and each.id in names)
        elif isinstance(node, ast.FunctionDef):
            found.update(node.name for each in node.decorator_list if re.search(r"\b(lru_)?cache\b", ast.unparse(each)))
        if isinstance(node, ast.AnnAssign) and node in tree.body and "ContextVar" in ast.unparse(node.value or node):
            found.add(ast.unparse(node.target))
    return found


def test_the_list_is_complete_and_nothing_on_it_is_gone() -> None:
    found = {}
    for file in PACKAGE.rglob("*.py"):
        if names := kept(ast.parse(file.read_text(encoding="utf-8"))):
            found[file.relative_to(PACKAGE).with_suffix("").as_posix()] = names
    table = (ROOT / "docs" / "design.md").read_text(encoding="utf-8").partition("## State of modules")[2]
    listed = {
        module: set(re.findall(r"`(\w+)`", names))
        for module, names in re.findall(r"^\| `([\w/]+)` \| (.*?) \|", table, re.MULTILINE)
    }
    assert found == listed
