"""What a resumed run takes over instead of running it again. LAUNCH phase."""

from __future__ import annotations

from dataclasses import replace

from airflow_provider_flows.local.local_run import LocalRun
from airflow_provider_flows.local.progress import Together
from airflow_provider_flows.setup.origin import Origin
from airflow_provider_flows.store import AttemptRecord
from airflow_provider_flows.task.request import TaskRequest
from airflow_provider_flows.task.run_task import clone_task
from airflow_provider_flows.task.view import RunView


def cloned(run: LocalRun, tasks: Together) -> list[AttemptRecord] | None:
    """Take over what the run's origin left for these tasks; None when they have to run: all of a group, or none."""
    origin = run.options.origin
    if origin is None or origin.runs_again(tasks[0].step) or not _ended_together(run, origin, tasks):
        return None
    view = RunView(run.store, run.graph, run.run_id)
    records = []
    for task in tasks:
        record = clone_task(view, origin, TaskRequest(task.step, task.path, task.iteration))
        if record is None:
            return None
        records.append(record)
    return records


def _ended_together(run: LocalRun, origin: Origin, tasks: Together) -> bool:
    """Whether the last attempt of a parallel group was the last one of each of its tasks, and ended well.

    One that was killed left no record: then the newest that its task has is of an earlier attempt of the group.
    """
    if len(tasks) == 1:
        return True
    records = run.store.read_many([replace(run.address(task), run=origin.run_id) for task in tasks])
    attempts = {record.attempt for record in records if record is not None and record.outcome == "ok"}
    return all(record is not None and record.outcome != "failed" for record in records) and len(attempts) < 2
