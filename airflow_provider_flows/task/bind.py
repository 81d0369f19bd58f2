"""Make the flow object that a step runs on, and a join's inputs, from the records of its parents. TASK phase."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from airflow_provider_flows.flow.inputs import Inputs
from airflow_provider_flows.flow.next_call import PARALLEL
from airflow_provider_flows.flow.objects import make_flow
from airflow_provider_flows.flow.readonly import with_read_only
from airflow_provider_flows.flow.state import FlowState, Frame
from airflow_provider_flows.setup.runtime import FlowRuntime
from airflow_provider_flows.store import ArtifactRef
from airflow_provider_flows.task.attempt import Attempt
from airflow_provider_flows.task.flow_level import flow_level_refs
from airflow_provider_flows.task.frames import frames_of
from airflow_provider_flows.task.host import Host
from airflow_provider_flows.task.view import RunView

ITEMS = "_foreach_items"
"""The artifact that holds a foreach's items where the user's own cannot be indexed by position."""


@dataclass(frozen=True)
class BoundStep:
    """A flow object ready to run one step, and its join inputs (None elsewhere)."""

    flow: Any
    inputs: Inputs | None


def bind_step(runtime: FlowRuntime, attempt: Attempt, host: Host) -> BoundStep:
    """Return the flow object of an attempt. A join inherits nothing but what belongs to the flow (Metaflow 2.19).

    ParameterError when the run was given what cannot be read; whatever the flow's own code raises.
    """
    bound_class = with_read_only(runtime.flow_class, runtime.flow_level_names)
    view = RunView(runtime.store, runtime.graph, runtime.run_id)
    step, path = attempt.request.step, attempt.request.path
    is_join = runtime.graph[step].joins
    inherited = {} if is_join or not attempt.parents else attempt.parents[0].artifacts
    refs = {**inherited, **flow_level_refs(runtime, attempt)}
    flow = _flow_object(runtime, bound_class, step, attempt.frames, path, refs, view)
    flow._flows_state.timeout_is_enforced = host.timeout_is_enforced
    flow._flows_state.attempt = attempt.request.attempt
    inputs = Inputs(
        [
            _flow_object(
                runtime, bound_class, parent.address.step, frames_of(parent), parent.path, dict(parent.artifacts), view
            )
            for parent in (attempt.parents if is_join else ())
        ]
    )
    flow._flows_state.inputs = inputs
    return BoundStep(flow, inputs if is_join else None)


def _flow_object(
    runtime: FlowRuntime,
    bound_class: type,
    step: str,
    frames: tuple[Frame, ...],
    path: tuple[int, ...],
    refs: dict[str, ArtifactRef],
    view: RunView,
) -> Any:
    state = FlowState(
        step_name=step,
        run_id=runtime.run_id,
        graph=runtime.graph,
        flow_level_names=runtime.flow_level_names,
        frames=frames,
        refs=refs,
        load_ref=lambda ref: runtime.store.load(runtime.name, ref),
        load_item=_ItemLoader(runtime, view, frames, path),
    )
    return make_flow(bound_class, state)


class _ItemLoader:
    """Loads the item of the foreach at a depth around one task, each foreach's items once."""

    def __init__(self, runtime: FlowRuntime, view: RunView, frames: tuple[Frame, ...], path: tuple[int, ...]) -> None:
        self._runtime, self._view, self._frames, self._path = runtime, view, frames, path
        self._items: dict[int, Any] = {}

    def __call__(self, depth: int) -> Any:
        frame = self._frames[depth]
        if frame.var == PARALLEL:
            return frame.index
        if depth not in self._items:
            self._items[depth] = self._load(frame, self._path[:depth])
        items = self._items[depth]
        try:
            return items[frame.index]
        except TypeError:
            return next(itertools.islice(items, frame.index, None))

    def _load(self, frame: Frame, path: tuple[int, ...]) -> Any:
        record = self._view.record(frame.step, path)
        assert record is not None, f"{frame.step} split into {self._path}, so it left a record"
        ref = record.artifacts.get(ITEMS) or record.artifacts[frame.var]
        return self._runtime.store.load(self._runtime.name, ref)
