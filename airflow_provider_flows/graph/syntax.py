"""Small questions about Python's syntax trees. Any phase, any process."""

from __future__ import annotations

import ast
from typing import Union


def last_name(expression: Union[ast.expr, None]) -> str:
    """Return `c` for the expressions `c` and `a.b.c`, nothing for all others."""
    return str(getattr(expression, "attr", None) or getattr(expression, "id", ""))


def is_script_guard(statement: ast.stmt) -> bool:
    """Whether a statement is `if __name__ == "__main__":`, whose body runs only in a file that is started by itself."""
    test = getattr(statement, "test", None) if isinstance(statement, ast.If) else None
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = [test.left, *test.comparators]
    return any(last_name(side) == "__name__" for side in sides) and any(
        isinstance(side, ast.Constant) and side.value == "__main__" for side in sides
    )
