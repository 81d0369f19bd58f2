"""What Airflow logs of an error of ours, as its own logging library makes it."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("airflow.sdk")

import structlog
from airflow_provider_flows.errors import StepFailed
from airflow_provider_flows.operators.airflow_log import hide_our_frames
from structlog.testing import capture_logs
from structlog.tracebacks import ExceptionDictTransformer


def logged(error: Exception) -> list[dict[str, Any]]:
    """Return what a log has of an error that came through some frames: itself, then its causes."""
    with capture_logs() as entries:
        hide_our_frames()
        hide_our_frames()  # once for each task of a process
        try:
            raise error
        except Exception:
            structlog.get_logger("task").exception("Task failed with exception")
    told = entries[0]["exc_info"]
    if told is True:
        told = (type(error), error, error.__traceback__)
    return ExceptionDictTransformer()(told)


def test_an_error_of_ours_has_the_frames_of_its_cause_alone() -> None:
    try:
        raise ValueError("in the flow")
    except ValueError as cause:
        error = StepFailed("Step 'fit' failed")
        error.__cause__ = cause
    ours, flow = logged(error)
    assert (ours["exc_value"], ours["frames"]) == ("Step 'fit' failed", [])
    assert [frame["name"] for frame in flow["frames"]] == ["test_an_error_of_ours_has_the_frames_of_its_cause_alone"]


def test_another_error_keeps_its_frames() -> None:
    (entry,) = logged(KeyError("a bug"))
    assert [frame["name"] for frame in entry["frames"]] == ["logged"]
