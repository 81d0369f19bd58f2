"""Make the flow object that a step runs on, and a join's inputs, from the records of its parents. TASK phase."""

from __future__ import annotations

import itertools
import json
import logging
from dataclasses import dataclass
from typing import Any, Collection, Mapping, Sequence

from airflow_provider_flows.errors import ObjectDamaged, ParameterError, SignatureInvalid
from airflow_provider_flows.flow.inputs import Inputs
from airflow_provider_flows.flow.objects import make_flow
from airflow_provider_flows.flow.readonly import with_read_only
from airflow_provider_flows.flow.state import FlowState, Frame
from airflow_provider_flows.flow.transition import PARALLEL
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import ArtifactRef, AttemptRecord
from airflow_provider_flows.task.model import CODE_NUMBER, Attempt, is_cloned
from airflow_provider_flows.task.runtime import FLOW_NAME_ARTIFACT, FlowRuntime
from airflow_provider_flows.task.view import RunView

log = logging.getLogger("airflow_provider_flows.task")

ITEMS = "_foreach_items"
"""The artifact that holds a foreach's items where the user's own cannot be indexed by position."""
FRAMES, FOREACH_VAR = "frames", "foreach_var"
"""In an attempt's metadata: the foreaches around it, and the artifact that it splits over itself."""
TASK_TYPE, WORLD_SIZE = "internal_task_type", "parallel-world-size"
"""In that of a task of a `num_parallel`, in the words of Metaflow 2.19: which one leads, and how many there are."""
PYTHON_VERSION = "python_version"
"""The Python that ran the step's code."""
OF_THE_TASK = (FRAMES, FOREACH_VAR, TASK_TYPE, WORLD_SIZE, PYTHON_VERSION)
"""What metadata says of the task itself; a copy of it in another run says the same."""


@dataclass(frozen=True)
class Place:
    """Where an attempt belongs: its task, and the foreaches around that, outermost first."""

    address: TaskAddress
    frames: tuple[Frame, ...]


@dataclass(frozen=True)
class BoundStep(Place):
    """A flow object ready to run one step, and its join inputs (None elsewhere)."""

    flow: Any
    inputs: Inputs | None


def place_of(runtime: FlowRuntime, attempt: Attempt) -> Place:
    """Return where an attempt belongs, which is known before anything can fail."""
    node = runtime.graph[attempt.step]
    frames = _frames(attempt, closes_foreach=node.closes is not None and runtime.graph[node.closes].type == "foreach")
    address = TaskAddress.of(runtime.name, runtime.run_id, attempt.step, attempt.path, attempt.iteration)
    return Place(address, frames)


def bind_step(runtime: FlowRuntime, attempt: Attempt, place: Place) -> BoundStep:
    """Return the flow object of an attempt. A join inherits nothing but what belongs to the flow (Metaflow 2.19).

    ParameterError when the run was given what cannot be read; whatever the flow's own code raises.
    """
    bound_class = with_read_only(runtime.flow_class, runtime.flow_level_names)
    view = RunView(runtime.store, runtime.graph, runtime.run_id)
    is_join = runtime.graph[attempt.step].type == "join"
    inherited = attempt.parents[0].artifacts if attempt.parents else _refs_of_origin(runtime, attempt)
    refs = {**({} if is_join or not attempt.parents else inherited), **_flow_level_refs(runtime, attempt, inherited)}
    flow = _flow_object(runtime, bound_class, attempt.step, place.frames, attempt.path, refs, view)
    flow._flows_state.timeout_is_enforced = attempt.timeout_is_enforced
    inputs = Inputs(
        [
            _flow_object(
                runtime, bound_class, parent.address.step, frames_of(parent), parent.path, dict(parent.artifacts), view
            )
            for parent in (attempt.parents if is_join else ())
        ]
    )
    flow._flows_state.inputs = inputs
    return BoundStep(place.address, place.frames, flow, inputs if is_join else None)


def frames_of(record: AttemptRecord) -> tuple[Frame, ...]:
    """Return the foreaches around a recorded task, outermost first."""
    return tuple(Frame.from_json(frame) for frame in json.loads(record.metadata.get(FRAMES, "[]")))


def frames_to_metadata(frames: tuple[Frame, ...]) -> dict[str, str]:
    return {FRAMES: json.dumps([frame.to_json() for frame in frames], separators=(",", ":"))} if frames else {}


def _frames(attempt: Attempt, closes_foreach: bool) -> tuple[Frame, ...]:
    if not attempt.parents:
        return ()
    parent = attempt.parents[0]
    frames = frames_of(parent)
    if closes_foreach:
        return frames[:-1]
    if parent.num_splits is None:
        return frames
    index, var = attempt.path[-1], parent.metadata[FOREACH_VAR]
    label = parent.split_labels[index] if parent.split_labels else f"{var}[{index}]"
    return (*frames, Frame(parent.address.step, var, parent.num_splits, index, label))


def _refs_of_origin(runtime: FlowRuntime, attempt: Attempt) -> Mapping[str, ArtifactRef]:
    """Return what the first step of the run that this one goes on from left: the parameters that it was given.

    What is damaged of that is left out: the run's own record says what the parameters were, and files can be read anew.
    """
    if runtime.origin is None:
        return {}
    address = TaskAddress.of(runtime.name, runtime.origin.run_id, attempt.step)
    try:
        record = runtime.store.read_newest(address)
    except (ObjectDamaged, SignatureInvalid) as error:
        log.warning("Parameters are taken as run %s was given them: %s", runtime.origin.run_id, error)
        return {}
    refs = record.artifacts if record is not None else {}
    return {name: ref for name, ref in refs.items() if runtime.store.is_sound(runtime.name, ref)}


def _flow_level_refs(
    runtime: FlowRuntime, attempt: Attempt, inherited: Mapping[str, ArtifactRef]
) -> dict[str, ArtifactRef]:
    """Return what belongs to the flow: parameters as the run was started with, all else as the task's code has it.

    (Metaflow 2.19: a resumed run has the class constants of the code that it runs.)
    """
    names = runtime.flow_level_names if _have_this_code(runtime, attempt.parents) else runtime.parameters
    refs = {name: inherited[name] for name in names if name in inherited}
    if len(refs) < len(runtime.flow_level_names):
        values = {
            **runtime.constants,
            **runtime.config_values,
            FLOW_NAME_ARTIFACT: runtime.name,
            **_parameter_values(runtime, attempt.parameters, skip=refs),
        }
        refs.update(runtime.store.save(runtime.name, {name: values[name] for name in values if name not in refs}))
    return refs


def _have_this_code(runtime: FlowRuntime, parents: Sequence[AttemptRecord]) -> bool:
    """Whether all parents ran in this run, by the code of this one; what starts a run has no parents."""
    this = runtime.metadata.get(CODE_NUMBER)
    return bool(parents) and all(
        not is_cloned(parent) and parent.metadata.get(CODE_NUMBER) == this for parent in parents
    )


def _parameter_values(runtime: FlowRuntime, given: Mapping[str, Any], skip: Collection[str]) -> dict[str, Any]:
    """Return the parameters' values by attribute, converted; ParameterError when one cannot be."""
    values: dict[str, Any] = {}
    for attribute, parameter in runtime.parameters.items():
        if attribute in skip:
            continue
        value = given.get(parameter.name, None if parameter.is_deploy_time else parameter.default)
        if value is None and parameter.required:
            raise ParameterError(f"Parameter {parameter.name!r} is required, and the run was given no value for it.")
        if parameter.is_include_file and value is not None:
            values[attribute] = parameter.read(value, runtime.folder, runtime.file_roots)  # type: ignore[attr-defined]
        else:
            values[attribute] = parameter.convert(value)
    return values


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
