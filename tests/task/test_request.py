"""What a process is given to run a step comes back from JSON as it was, whatever carries it there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from airflow_provider_flows.decorators.budget import RetryBudget
from airflow_provider_flows.local.server_setting import ServerSetting
from airflow_provider_flows.setup.flow_setup import FlowSetup
from airflow_provider_flows.setup.origin import Origin
from airflow_provider_flows.task.request import TaskRequest

SETUP = FlowSetup(
    Path("/flows/a b.py"),
    "F",
    "s3://bucket/é",
    "scheduled__2026-01-01T00:00:00+00:00",
    paths=(Path("/flows/lib"),),
    code="blake3:0",
    decorators=("retry:times=2",),
    options={"branch": None, "production": True},
    configs={"c": {"nested": [1, 2.5, None]}},
    environment="local",
    user="me",
    namespace="user:me",
    tags=("a", "b"),
    origin=Origin("before", frozenset({"fit"}), frozenset({("fit", 3), ("end", -1)})),
    file_roots=(Path("/data"),),
)


@pytest.mark.parametrize(
    "given",
    [
        FlowSetup(Path("f.py"), "F", "/store", "1"),
        SETUP,
        TaskRequest("start"),
        TaskRequest("fit", (2, 0), 5, 1, RetryBudget(1, 3), 4, 7, {"alpha": [1, "é"]}, {"airflow_task_id": "fit"}),
        ServerSetting(SETUP, ["numpy"], ["/usr/lib"], Path("/package"), 100),
        ServerSetting(SETUP, [], [], None, 1),
    ],
)
def test_json_both_ways(given: Any) -> None:
    assert type(given).from_json(json.loads(json.dumps(given.to_json()))) == given
