"""Entries of ours in a task's log, and those that Airflow makes of our errors. Worker."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

from airflow_provider_flows.errors import FlowsError
from airflow_provider_flows.flow.tracebacks import without_our_frames


def log_entry(level: str, text: str) -> None:
    """Write a text of any number of lines to the task's log, whatever the step has done to Python's `logging`.

    `level` is `info`, `warning` or `error`. The entry comes after what the log process has passed on before.
    """
    import structlog  # what Airflow logs with

    getattr(structlog.get_logger("task"), level)(text)


def hide_our_frames() -> None:
    """From now on, what Airflow logs of an error of ours has no frames of Airflow and of this package on top.

    Such an error says what is wrong, and its cause has the frames of the flow. Airflow hands every entry of a task's
    log through a list of functions; this puts one in front. Where it is no longer a list, the frames stay.
    """
    with contextlib.suppress(Exception):
        import structlog

        processors = structlog.get_config()["processors"]
        if _without_our_frames not in processors:
            processors.insert(0, _without_our_frames)


def _without_our_frames(logger: Any, method: str, event: Any) -> Any:
    told = event.get("exc_info")
    error = sys.exc_info()[1] if told is True else told[1] if isinstance(told, tuple) else told
    if isinstance(error, FlowsError):
        event["exc_info"] = (type(error), without_our_frames(error), None)
    return event
