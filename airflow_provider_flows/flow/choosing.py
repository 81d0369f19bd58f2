"""Which flow a loaded file is about: the one it defines, imports, or starts when it is run as a script. All phases."""

from __future__ import annotations

import ast
import linecache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Iterable, Iterator, Type

from airflow_provider_flows.errors import FlowNotLoadable, NoFlow
from airflow_provider_flows.flow.flowspec import FlowSpec
from airflow_provider_flows.flow.objects import FlowStarted, telling_what_starts
from airflow_provider_flows.graph.syntax import is_script_guard

if TYPE_CHECKING:
    from typing_extensions import TypeGuard

FlowClass = Type[FlowSpec]


def choose_flow(path: Path, module: ModuleType, class_name: str | None) -> FlowClass:
    """Return the flow called `class_name`, else the only one; FlowNotLoadable when that is not clear.

    Of several, the one is meant that the file starts with `MyFlow()`, as `python FILE` does (Metaflow 2.19). Flows
    that the file imports count where it defines none itself.
    """
    flows = {name: value for name, value in vars(module).items() if _is_flow(value)}
    defined = {name: flow for name, flow in flows.items() if flow.__module__ == module.__name__}
    if class_name is not None:
        return _named(path, module, class_name, flows)
    leaves = _leaves(defined) or _leaves(flows)
    if len(leaves) == 1:
        return next(iter(leaves.values()))
    started = _started(path, module)
    if started is not None:
        return started
    if not leaves:
        raise NoFlow(f"{path.name}: there is no flow in it. Define a class that extends FlowSpec.")
    raise FlowNotLoadable(
        f"{path.name}: there are several flows in it: {_listed(leaves)}. Choose one with --class NAME."
    )


def _named(path: Path, module: ModuleType, name: str, flows: dict[str, FlowClass]) -> FlowClass:
    """Return the flow of that name, which may be known to the file under another one, or only once it is started."""
    found = flows.get(name) or next((flow for flow in flows.values() if flow.__name__ == name), None)
    if found is not None:
        return found
    started = _started(path, module)
    if started is not None and started.__name__ == name:
        return started
    raise FlowNotLoadable(f"{path.name}: there is no flow {name!r}. It has: {_listed(flows)}.")


def _is_flow(value: object) -> TypeGuard[FlowClass]:
    return isinstance(value, type) and issubclass(value, FlowSpec) and value is not FlowSpec


def _leaves(flows: dict[str, FlowClass]) -> dict[str, FlowClass]:
    """Return the flows that no other one extends, each under its first name."""
    bases = {base for flow in flows.values() for base in flow.__mro__[1:]}
    first = {flow: name for name, flow in reversed(list(flows.items()))}
    return {name: flow for name, flow in flows.items() if flow not in bases and first[flow] == name}


def _started(path: Path, module: ModuleType) -> FlowClass | None:
    """Return the flow that the file starts when it is run as a script, None when it starts none.

    `MyFlow()` is read from the source. Where a function makes the class, what the file does then is done, up to the
    point where the flow would start.
    """
    tree = ast.parse("".join(linecache.getlines(str(path))))
    body = guarded_body(tree)
    named = {flow for name in called([*tree.body, *body]) if _is_flow(flow := vars(module).get(name))}
    if named or not body:
        return named.pop() if len(named) == 1 else None
    code = compile(ast.Module(body, []), str(path), "exec", dont_inherit=True)
    try:
        with telling_what_starts():
            exec(code, vars(module))
    except FlowStarted as started:
        return started.flow_class
    except (Exception, SystemExit):
        return None
    return None


def guarded_body(tree: ast.Module) -> list[ast.stmt]:
    """Return what a file does only when it is run as a script, below `if __name__ == "__main__":`."""
    return [statement for guard in tree.body if is_script_guard(guard) for statement in guard.body]  # type: ignore[attr-defined]


def called(statements: Iterable[ast.stmt]) -> Iterator[str]:
    """Yield the names that are called as statements: `MyFlow()`."""
    for statement in statements:
        value = statement.value if isinstance(statement, (ast.Expr, ast.Assign)) else None
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            yield value.func.id


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
