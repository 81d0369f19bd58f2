"""What a Python file imports, wherever it does, read from its text alone. LAUNCH phase."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import resolve_name

from airflow_provider_flows.errors import Problem
from airflow_provider_flows.flow.file_import import syntax_problem
from airflow_provider_flows.graph.guards import guarded, lets_fail
from airflow_provider_flows.graph.syntax import is_script_guard, last_name

POLICY = "METAFLOW_PACKAGE_POLICY"
"""The name of a module's constant; `"include"` lets all of the module's files travel."""

_LONGEST_WORD = 255
_ASKS_WHERE_IT_IS = frozenset({"version_info", "platform", "find_spec"})


@dataclass(frozen=True)
class Imported:
    """One import: `from module import names`, where names may be submodules, `*` among them; dots lead `module` where
    nothing is known that they are relative to.

    `optional` is one that its file can do without; so is one in a handler of ImportError, when what the handler stands
    in for, `instead_of`, can be imported.
    """

    module: str
    names: tuple[str, ...]
    line: int
    optional: bool = False
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """What the text of a module says. `words` are its short texts; `problem` is why it cannot be imported."""

    imports: tuple[Imported, ...] = ()
    words: frozenset[str] = frozenset()
    exports: tuple[str, ...] = ()
    includes_itself: bool = False
    problem: Problem | None = None


def read_source(text: bytes, file: str, name: str, package: str) -> Source:
    """Return what the module `name` imports, whose relative imports begin at `package`, `""` in none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the text's own escapes: its author sees them when it is imported
            tree = ast.parse(text, file)
    except SyntaxError as error:
        return Source(problem=syntax_problem(file, error))
    except (ValueError, RecursionError, MemoryError) as error:
        return Source(problem=Problem(f"it cannot be parsed: {error}.", file))
    return Source(
        tuple(_Reader(tree, name, package).imports()),
        frozenset(_words(tree)),
        tuple(_exports(tree)),
        any(value.value == "include" for value in _values(tree, POLICY) if isinstance(value, ast.Constant)),
    )


def _words(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) <= _LONGEST_WORD:
            yield node.value


class _Reader:
    """Reads the imports of one file."""

    def __init__(self, tree: ast.Module, name: str, package: str) -> None:
        self._tree, self._name, self._package = tree, name, package
        self._functions = {"import_module", "__import__"}
        self._where: list[tuple[ast.AST, bool, tuple[str, ...]]] = []
        """Code that runs under a condition: whether its imports are optional, and what it stands in for."""

    def imports(self) -> Iterator[Imported]:
        never = [part for node in self._tree.body if is_script_guard(node) for part in _body(node)]
        for node, caught in guarded(self._tree):
            self._note_conditions(node)
            for module, names in self._imported_by(node):
                if any(_holds(part, node) for part in never):
                    continue
                around = [(optional, others) for part, optional, others in self._where if _holds(part, node)]
                yield Imported(
                    module,
                    names,
                    getattr(node, "lineno", 0),
                    any([lets_fail(caught, "ImportError", "ModuleNotFoundError"), *(each for each, _ in around)]),
                    tuple(name for _, others in around for name in others),
                )

    def _note_conditions(self, node: ast.AST) -> None:
        if isinstance(node, ast.If) and any(_asks_where_it_is(part) for part in ast.walk(node.test)):
            self._where.append((node, True, ()))
        elif isinstance(node, ast.Try):
            tried = [module for part in node.body for each in ast.walk(part) for module, _ in self._imported_by(each)]
            self._where += [(handler, False, tuple(tried)) for handler in node.handlers if tried]

    def _imported_by(self, node: ast.AST) -> Iterable[tuple[str, tuple[str, ...]]]:
        if isinstance(node, ast.Import):
            return [(alias.name, ()) for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            if node.module == "importlib":
                self._functions |= {alias.asname for alias in node.names if alias.asname and "import" in alias.name}
            return [(self._absolute("." * node.level + (node.module or ""), self._package), names)]
        if isinstance(node, ast.Call) and last_name(node.func) in self._functions:
            return self._imported_by_call(node)
        return ()

    def _imported_by_call(self, call: ast.Call) -> Iterable[tuple[str, tuple[str, ...]]]:
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        name = _text(call.args[0] if call.args else given.get("name"))
        if not name or not all(part.isidentifier() for part in name.lstrip(".").split(".")):
            return []
        package = call.args[1] if len(call.args) > 1 else given.get("package")
        module = self._absolute(name, self._package_named(package))
        # A package that is only known at run time may be any.
        return [] if module.startswith(".") else [(module, tuple(_texts(given.get("fromlist"))))]

    def _package_named(self, package: ast.expr | None) -> str:
        if isinstance(package, ast.Name):
            return {"__package__": self._package, "__name__": self._name}.get(package.id, "")
        return _text(package) or ""

    def _absolute(self, module: str, package: str) -> str:
        try:
            return resolve_name(module, package) if module.startswith(".") else module
        except ImportError:
            return module


def _body(node: ast.stmt) -> list[ast.stmt]:
    return node.body if isinstance(node, ast.If) else []


def _holds(part: ast.AST, node: ast.AST) -> bool:
    """Whether a node stands on the lines of a part."""
    return bool(getattr(part, "lineno", 0) <= getattr(node, "lineno", 0) <= getattr(part, "end_lineno", 0))


def _asks_where_it_is(node: ast.AST) -> bool:
    return isinstance(node, (ast.Attribute, ast.Name)) and last_name(node) in _ASKS_WHERE_IT_IS


def _exports(tree: ast.Module) -> Iterator[str]:
    for value in _values(tree, "__all__"):
        yield from _texts(value)


def _values(tree: ast.Module, name: str) -> Iterator[ast.expr]:
    """Yield what the module gives to one of its names."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        if value is not None and any(isinstance(each, ast.Name) and each.id == name for each in targets):
            yield value


def _texts(value: ast.expr | None) -> Iterator[str]:
    for item in value.elts if isinstance(value, (ast.List, ast.Tuple)) else ():
        text = _text(item)
        if text:
            yield text


def _text(value: ast.expr | None) -> str | None:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
