"""Writes the store that test_format.py reads: run it once for each released format, and never again for an old one.

PYTHONPATH=. python tests/store/make_fixture.py tests/store/fixtures/format-1
"""

from __future__ import annotations

import sys

import numpy as np
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import AttemptRecord, LogLine, ParentRef, open_store

FLOW, RUN = "TrainFlow", "manual__2026-01-01T00:00:00+00:00"
KEY = "fixture"


def artifacts() -> dict[str, object]:
    """Each way in which an artifact can be stored: inline, raw and compressed, pickle and buffers."""
    return {
        "none": None,
        "number": 3,
        "nested": {"a": [1, (2.5, "é✓")], "b": {b"bytes", frozenset({1})}},
        "text": "a text that shrinks " * 2_000,
        "random": np.random.default_rng(0).random(9_000),
        "zeros": np.zeros((300, 300)),
        "both": [np.random.default_rng(1).integers(0, 255, 70_000, dtype="u1"), list(range(3_000)), bytearray(b"x")],
    }


def log_lines() -> list[LogLine]:
    return [LogLine(1_767_225_600.5, "stdout", "é"), LogLine(1_767_225_601.0, "stderr", "signed hmac-sha256 00")]


def full_record(refs: dict[str, object]) -> AttemptRecord:
    return AttemptRecord(
        address=TaskAddress(FLOW, RUN, "fit", "fit-2-0.5"),
        attempt=1,
        outcome="caught",
        retry_count=1,
        epoch=2,
        started_at=1_767_225_600.25,
        finished_at=1_767_225_601.5,
        path=(2, 0),
        iteration=5,
        parents=(ParentRef("start", "start", 0), ParentRef("split", "split-2", 3)),
        code="blake3:5b0c",
        transition=("a", "b"),
        num_splits=2,
        split_labels=("divisor=2", "divisor=0"),
        exception={"type": "ZeroDivisionError", "message": "division by zero", "stacktrace": "Traceback …"},
        metadata={"python": "3.12", "host": "é"},
        artifacts=refs,  # type: ignore[arg-type]
    )


def main(root: str) -> None:
    store = open_store(root, signing_key=KEY)
    store.write_run(FLOW, RUN, {"user": "me", "tags": ["a", "é"], "code": "blake3:5b0c"})
    store.put_code(FLOW, "blake3:5b0c", {"flow.py": "print('é')\n", "data.bin": bytes(range(256))})
    store.write_splits(FLOW, RUN, "split", [((0,), 2), ((2,), 1)])
    store.write_log(TaskAddress(FLOW, RUN, "fit", "fit-2-0.5"), 1, log_lines())
    store.commit(full_record(store.save(FLOW, artifacts())))
    store.mark_succeeded(FLOW, RUN)


if __name__ == "__main__":
    main(sys.argv[1])
