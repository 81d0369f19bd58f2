"""Whose branch of `@project` a DAG file holds: what is compiled should not depend on who compiles it. LAUNCH phase.

Without `--branch` and `--production`, the branch is that of the user's name. So `--check` takes the name that is in the
file, and a file that others will compile is written with a warning.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from airflow_provider_flows.errors import UsageError

_OPTIONS = re.compile(r"^FLOW = compiled_flow\($.*?^\)$", re.MULTILINE | re.DOTALL)
_HISTORIES = (".git", ".hg", ".svn", ".jj")


def options_in(file: Path) -> Mapping[str, Any]:
    """Return the options of flow decorators that a DAG file was compiled with; none where it cannot be told."""
    try:
        found = _OPTIONS.search(file.read_text(encoding="utf-8"))
        call = ast.parse(found.group()).body[0].value if found else None  # type: ignore[attr-defined]
        written = [each.value for each in call.keywords if each.arg == "options"] if call is not None else []
        options = ast.literal_eval(written[0]) if written else {}
    except (OSError, ValueError, SyntaxError, AttributeError):
        return {}
    return options if isinstance(options, dict) else {}


def require_said(branch: str, file: Path) -> None:
    """UsageError when a DAG file was compiled with options that say its branch, which `branch`, by a name, is not."""
    options = options_in(file)
    flags = [*(["--production"] if options.get("production") else []), *_branch_flag(options)]
    if flags:
        raise UsageError(
            f"{file}: it was compiled with {' '.join(flags)}, and without that, the branch here would be {branch}, by "
            f"your name. Give {' '.join(flags)} with --check as well."
        )


def warning_for(branch: str, flow: Path, output: Path) -> str | None:
    """Return what to say of a DAG file that others may compile as well; None where it is in nobody's history."""
    if not _has_history(output):
        return None
    return (
        f"{flow.name}: the DAG in {output} is that of the branch {branch}, by your name, and others who compile "
        "the flow get another one. Give --branch NAME or --production to say which it is."
    )


def _branch_flag(options: Mapping[str, Any]) -> list[str]:
    return [f"--branch {options['branch']}"] if options.get("branch") else []


def _has_history(file: Path) -> bool:
    return any((folder / name).exists() for folder in file.resolve().parents for name in _HISTORIES)
