"""The run that a DAG run resumes: what its conf says of it, and what Airflow says of that run's tasks. Worker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from airflow_provider_flows.errors import InputsMissing, UsageError
from airflow_provider_flows.identity import dag_run_name
from airflow_provider_flows.operators.task_instance import TaskInstance
from airflow_provider_flows.setup.origin import Origin
from airflow_provider_flows.store import Store

ORIGIN, RERUN = "origin_run_id", "resume_step"
"""The keys of the conf; no parameter of a flow can be called like them."""
_FAILED = ("failed", "upstream_failed")


def find_origin(store: Store, flow: str, task: TaskInstance, context: Mapping[str, Any]) -> Origin | None:
    """Return the run that this one resumes, as its conf says: `{"origin_run_id": …, "resume_step": …}`.

    The id is that of a run of the same DAG, or a run's name in the store. InputsMissing when there is no such run,
    UsageError when the conf says something else than one.
    """
    conf = getattr(context.get("dag_run"), "conf", None) or {}
    wanted, step = _text(conf, ORIGIN), _text(conf, RERUN)
    if wanted is None:
        if step is not None:
            raise UsageError(f"The run was triggered with {RERUN} {step!r} and no {ORIGIN}. Give both.")
        return None
    for name in (dag_run_name(flow, task.dag_id, wanted), wanted):
        record = store.read_run(flow, name)
        if record is not None and name != dag_run_name(flow, task.dag_id, task.run_id):
            failed = frozenset(_called_failed(task, record.get("airflow") or {}, store.steps(flow, name)))
            return Origin(name, frozenset(filter(None, [step])), failed)
    raise InputsMissing(
        f"The run was triggered with {ORIGIN} {wanted!r}, and there is no earlier run of {flow} of that id in "
        f"{store.root}. Give the id of a run whose artifacts are there."
    )


def pinned_origin(info: Mapping[str, Any]) -> Origin | None:
    """Return the run that a run of this record resumes."""
    if not info.get("origin_run_id"):
        return None
    found = {"run_id": info["origin_run_id"], "rerun": info.get("rerun", ()), "failed": info.get("origin_failed", ())}
    return Origin.from_json(found)


def _text(conf: Mapping[str, Any], key: str) -> str | None:
    value = conf.get(key)
    if value is not None and not (isinstance(value, str) and value):
        what = "the id of a run" if key == ORIGIN else "the name of a step"
        raise UsageError(f"The run was triggered with {key} {value!r}. Give {what}, as text, or leave it out.")
    return value


def _called_failed(task: TaskInstance, origin: Mapping[str, Any], steps: list[str]) -> Iterator[tuple[str, int]]:
    """Yield the tasks that Airflow calls failed, with their map indices; none where it does not know the origin."""
    for step in steps if origin else ():
        for map_index, state in task.states_of(step, origin["dag_id"], origin["run_id"]).items():
            if state in _FAILED:
                yield step, map_index
