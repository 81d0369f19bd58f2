"""The foreaches around a task, in its record and for its flow object. TASK phase."""

from __future__ import annotations

import json
from typing import Sequence

from airflow_provider_flows.flow.state import Frame
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.task.metadata import FOREACH_VAR, FRAMES
from airflow_provider_flows.task.request import TaskRequest


def frames_of(record: AttemptRecord) -> tuple[Frame, ...]:
    """Return the foreaches around a recorded task, outermost first."""
    return tuple(Frame.from_json(frame) for frame in json.loads(record.metadata.get(FRAMES, "[]")))


def frames_to_metadata(frames: tuple[Frame, ...]) -> dict[str, str]:
    return {FRAMES: json.dumps([frame.to_json() for frame in frames], separators=(",", ":"))} if frames else {}


def frames_around(graph: FlowGraph, request: TaskRequest, parents: Sequence[AttemptRecord]) -> tuple[Frame, ...]:
    """Return the foreaches around a task that builds on `parents`, outermost first."""
    if not parents:
        return ()
    parent, closes = parents[0], graph[request.step].closes
    frames = frames_of(parent)
    if closes is not None and graph[closes].maps:
        return frames[:-1]
    if parent.num_splits is None:
        return frames
    index, var = request.path[-1], parent.metadata[FOREACH_VAR]
    label = parent.split_labels[index] if parent.split_labels else f"{var}[{index}]"
    return (*frames, Frame(parent.address.step, var, parent.num_splits, index, label))
