"""`Attempt`: an attempt whose parents are found, where it stands in its run. TASK phase; data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from airflow_provider_flows.flow.state import Frame
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.setup.runtime import FlowRuntime
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.task.frames import frames_around
from airflow_provider_flows.task.request import TaskRequest


@dataclass(frozen=True)
class Attempt:
    """An attempt that can begin: its request, the records it builds on, its task's address and the foreaches around.

    All of it is known before anything can fail.
    """

    request: TaskRequest
    parents: Sequence[AttemptRecord]
    address: TaskAddress
    frames: tuple[Frame, ...]

    @classmethod
    def of(cls, runtime: FlowRuntime, request: TaskRequest, parents: Sequence[AttemptRecord]) -> Attempt:
        address = TaskAddress.of(runtime.name, runtime.run_id, request.step, request.path, request.iteration)
        return cls(request, parents, address, frames_around(runtime.graph, request, parents))
