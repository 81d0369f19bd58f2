"""Options of the form NAME=VALUE, read once and rejected clearly. LAUNCH phase."""

from __future__ import annotations

import contextlib
import json
import keyword
import re
from collections.abc import Iterable
from typing import Any

from airflow_provider_flows.compiler.airflow_arguments import operator_argument
from airflow_provider_flows.errors import UsageError

EVERY_STEP = "*"
"""What `--task-arg` calls all steps."""
_TASK_ARG = re.compile(r"(?P<step>[^.=]+)\.(?P<key>[^.=]+)=(?P<value>.*)\Z", re.DOTALL)


def parse_params(texts: Iterable[str]) -> dict[str, str]:
    """Return the values of `--param NAME=VALUE` by name; UsageError for anything else."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--param {text!r}: write NAME=VALUE.")
        if name in found:
            raise UsageError(
                f"--param {name}=… is given twice. Several values are a JSON list: --param '{name}=[1, 2]'."
            )
        found[name] = value
    return found


def parse_task_args(texts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the values of `--task-arg STEP.KEY=VALUE` by step and key; the step EVERY_STEP means all of them.

    A value is JSON where the argument takes that, else text; durations are seconds. UsageError for anything else.
    """
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        match = _TASK_ARG.match(text)
        if not match or not match["key"].isidentifier() or keyword.iskeyword(match["key"]):
            raise UsageError(
                f"--task-arg {text!r}: write STEP.KEY=VALUE, as in train.pool=gpu, or *.KEY=VALUE for all steps."
            )
        arguments = found.setdefault(match["step"], {})
        if match["key"] in arguments:
            raise UsageError(f"--task-arg {match['step']}.{match['key']}=… is given twice. Keep one of them.")
        arguments[match["key"]] = _value(match["key"], match["value"], text)
    return found


def _value(key: str, value: str, text: str) -> Any:
    try:
        parsed = json.loads(value, parse_constant=str)  # NaN and Infinity are text: JSON has no such numbers
    except (ValueError, RecursionError):
        parsed = value
    try:
        return operator_argument(key, parsed)
    except UsageError as error:
        if not isinstance(parsed, (str, list, dict)):  # a pool may be called 7
            with contextlib.suppress(UsageError):
                return operator_argument(key, value)
        raise UsageError(f"--task-arg {text!r}: {error}") from None
