"""The artifacts that belong to the flow, not to a step: parameters, constants, configurations, its name. TASK phase."""

from __future__ import annotations

import logging
from typing import Any, Collection, Mapping, Sequence

from airflow_provider_flows.errors import ObjectDamaged, ParameterError, SignatureInvalid
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.setup.runtime import FLOW_NAME_ARTIFACT, FlowRuntime
from airflow_provider_flows.store import ArtifactRef, AttemptRecord
from airflow_provider_flows.task.attempt import Attempt
from airflow_provider_flows.task.metadata import CODE_NUMBER, is_cloned
from airflow_provider_flows.task.request import TaskRequest

log = logging.getLogger("airflow_provider_flows.task")


def flow_level_refs(runtime: FlowRuntime, attempt: Attempt) -> dict[str, ArtifactRef]:
    """Return what belongs to the flow: parameters as the run was started with, all else as the task's code has it.

    (Metaflow 2.19: a resumed run has the class constants of the code that it runs.) ParameterError when a parameter was
    given what cannot be read.
    """
    request, parents = attempt.request, attempt.parents
    inherited = parents[0].artifacts if parents else _refs_of_origin(runtime, request.step)
    names = runtime.flow_level_names if _have_this_code(request, parents) else runtime.parameters
    refs = {name: inherited[name] for name in names if name in inherited}
    if len(refs) < len(runtime.flow_level_names):
        values = {
            **runtime.constants,
            **runtime.config_values,
            FLOW_NAME_ARTIFACT: runtime.name,
            **_parameter_values(runtime, request.parameters, skip=refs),
        }
        refs.update(runtime.store.save(runtime.name, {name: values[name] for name in values if name not in refs}))
    return refs


def _refs_of_origin(runtime: FlowRuntime, step: str) -> Mapping[str, ArtifactRef]:
    """Return what the first step of the run that this one resumes left: the parameters that it was given.

    What is damaged of that is left out: the run's own record says what the parameters were, and files can be read anew.
    """
    origin = runtime.setup.origin
    if origin is None:
        return {}
    address = TaskAddress.of(runtime.name, origin.run_id, step)
    try:
        record = runtime.store.read_newest(address)
    except (ObjectDamaged, SignatureInvalid) as error:
        log.warning("Parameters are those that run %s was given: %s", origin.run_id, error)
        return {}
    refs = record.artifacts if record is not None else {}
    return {name: ref for name, ref in refs.items() if runtime.store.is_sound(runtime.name, ref)}


def _have_this_code(request: TaskRequest, parents: Sequence[AttemptRecord]) -> bool:
    """Whether all parents ran in this run, by the code of this one; what starts a run has no parents."""
    this = request.metadata.get(CODE_NUMBER)
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
            raise ParameterError(f"Parameter {parameter.name!r} is required, and the run was given no value.")
        values[attribute] = parameter.in_step(value, runtime.loaded.folder, runtime.setup.file_roots)
    return values
