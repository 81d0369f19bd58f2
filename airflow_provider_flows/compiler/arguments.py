"""Options of the form NAME=VALUE, read once and refused clearly. LAUNCH phase."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from airflow_provider_flows.errors import UsageError

_TASK_ARG = re.compile(r"(?P<step>[^.=]+)\.(?P<key>[^.=]+)=(?P<value>.*)\Z", re.DOTALL)
_DURATIONS = ("retry_delay", "execution_timeout", "max_retry_delay")
_OURS = ("flow", "task_id", "step", "map_index_template")


def parse_params(texts: Iterable[str]) -> dict[str, str]:
    """Return the values of `--param NAME=VALUE` by name; UsageError for anything else."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--param {text!r}: write NAME=VALUE.")
        found[name] = value
    return found


def parse_task_args(texts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the values of `--task-arg STEP.KEY=VALUE` by step and key.

    A value is JSON where it can be, else text; durations are seconds. UsageError for anything else.
    """
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        match = _TASK_ARG.match(text)
        if not match or not match["key"].isidentifier():
            raise UsageError(f"--task-arg {text!r}: write STEP.KEY=VALUE, as in train.pool=gpu.")
        if match["key"] in _OURS:
            raise UsageError(f"--task-arg {text!r}: {match['key']} is set by the compiler and cannot be changed.")
        found.setdefault(match["step"], {})[match["key"]] = _value(match["key"], match["value"], text)
    return found


def _value(key: str, value: str, text: str) -> Any:
    try:
        parsed = json.loads(value)
    except ValueError:
        parsed = value
    if key not in _DURATIONS:
        return parsed
    if isinstance(parsed, bool) or not isinstance(parsed, (int, float)):
        raise UsageError(f"--task-arg {text!r}: {key} is a number of seconds.")
    return timedelta(seconds=parsed)
