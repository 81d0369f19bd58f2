"""Say what a run left, as text that two implementations can be compared by. Imports nothing of either of them."""

from __future__ import annotations

import re
from typing import Any

OWN_WORDS = ("FailureHandledByCatch", "TimeoutException")
"""Exceptions that are raised for the step, each implementation in words of its own."""


def shown(value: Any) -> str:
    """Return a value as text: `repr`, but of a caught exception only its type and the step's message."""
    if hasattr(value, "exception") and hasattr(value, "stacktrace"):
        kind = value.type.rpartition(".")[2]
        return f"<caught {kind}>" if kind in OWN_WORDS else f"<caught {kind}: {value.exception}>"
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


def task_name(step: str, path: list[int], iteration: int | None) -> str:
    """Return `step`, `step[0,1]`, or `step[0].2` for the third round of a recursive step."""
    place = f"[{','.join(map(str, path))}]" if path else ""
    return step + place + ("" if iteration is None else f".{iteration}")
