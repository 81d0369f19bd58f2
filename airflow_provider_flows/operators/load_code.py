"""Load the code that a task runs, and let the run take it up. Worker."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from airflow_provider_flows.errors import CodeMismatch
from airflow_provider_flows.flow.loading import LoadedFlow, load_flow
from airflow_provider_flows.graph.parse import build_graph
from airflow_provider_flows.graph.shape import change_before
from airflow_provider_flows.identity import code_digest, short_digest
from airflow_provider_flows.operators.code_folders import code_folder
from airflow_provider_flows.operators.dag_run import WorkerRun, describe_dag_run
from airflow_provider_flows.operators.which_code import Choice
from airflow_provider_flows.setup.runtime import FlowRuntime
from airflow_provider_flows.task.codes import with_code

log = logging.getLogger("airflow_provider_flows")


def load_what_fits(run: WorkerRun, step: str, choice: Choice) -> tuple[LoadedFlow, Choice]:
    """Load the chosen code, or the other one, with a warning, where the chosen one does not fit the run."""
    known = choice.number < len(run.codes)
    loaded = None if known else load(run, choice.number)
    if choice.otherwise not in (None, choice.number):
        graph = build_graph(loaded.flow_class) if loaded is not None else run.codes.graph(choice.number)
        change = change_before(step, run.codes.graph(choice.otherwise), graph)
        if change is not None:
            log.warning(
                "This task was cleared, and the code of the DAG file, %s, does not fit the run: %s. It runs %s, as "
                "the tasks before it. To run the new code, clear the run's first task, or trigger a new run.",
                *(short_digest(run.here.code), change, short_digest(run.codes.deployed(choice.otherwise).code)),
            )
            choice, loaded = Choice(choice.otherwise, "as the tasks before it"), None
    return loaded or load(run, choice.number), choice


def load(run: WorkerRun, number: int) -> LoadedFlow:
    """Load a code of the run; that of the DAG file for a number that none has yet."""
    deployed = run.codes.deployed(number) if number < len(run.codes) else run.here
    sources = run.sources if deployed.code == run.here.code else _kept_code(run, deployed.code)
    folder = code_folder(deployed.code, sources)
    return load_flow(folder / deployed.entry, run.flow.name, [folder / path for path in deployed.paths])


def _kept_code(run: WorkerRun, digest: str) -> Mapping[str, str | bytes]:
    """Return sources that the store keeps; CodeMismatch when they are not what their digest says."""
    sources = run.store.get_code(run.flow.name, digest)
    if code_digest(sources) != digest:
        raise CodeMismatch(f"The sources stored under {digest} do not match it. Clear the run from its first task.")
    return sources


def take_up(run: WorkerRun, runtime: FlowRuntime, number: int, *, starts: bool) -> int:
    """Keep the DAG file's code when the run has not had it yet, and write the record of a run that starts.

    Returns the code's number: others may have taken a code up meanwhile.
    """
    is_new = number == len(run.codes)
    if is_new:
        run.store.put_code(run.flow.name, run.here.code, run.sources)

    def change(before: dict[str, Any]) -> dict[str, Any]:
        nonlocal number
        codes = list(before.get("codes") or ())
        if is_new:
            codes, number = with_code(codes, run.here, runtime.graph)
        if not starts:
            return {**before, "codes": codes}
        return {**describe_dag_run(runtime, run, before), "codes": codes, "started_with": number}

    if starts or (is_new and len(run.codes)):
        run.store.update_run(run.flow.name, run.name, change)
    if starts:
        run.store.mark_started(run.flow.name, run.name)
    return number


def say_which(run: WorkerRun, choice: Choice, runtime: FlowRuntime) -> None:
    """Say in the task's log which code it runs, where a user could expect another one."""
    if not len(run.codes):
        return
    ran, started_with = runtime.setup.code or "", run.codes.deployed(run.codes.started_with).code
    if choice.number != run.codes.started_with:
        what = f"the code {short_digest(ran)}" if ran != started_with else "the same sources with other settings"
        log.info("This task runs %s, %s. The run started with %s.", what, choice.why, short_digest(started_with))
    elif choice.is_pinned and choice.number != run.codes.number_of(run.here):
        log.info(
            "This task was cleared and runs the code that the run started with, %s. The DAG file now holds %s, and "
            "[flows] code_on_clear is pinned.",
            *(short_digest(started_with), short_digest(run.here.code)),
        )
