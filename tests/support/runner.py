"""Runs a flow step by step in this process, as a scheduler would, so that a law takes five lines to show."""

from __future__ import annotations

import itertools
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airflow_provider_flows.decorators.budget import budget_of
from airflow_provider_flows.flow.loading import LoadedFlow, load_flow
from airflow_provider_flows.graph.rules import require_valid
from airflow_provider_flows.identity import TaskAddress, task_id
from airflow_provider_flows.metaflow_compat import metaflow_names
from airflow_provider_flows.setup.flow_setup import FlowSetup
from airflow_provider_flows.setup.runtime import FlowRuntime, set_up
from airflow_provider_flows.store import AttemptRecord, Store
from airflow_provider_flows.task.fan_out import split_counts
from airflow_provider_flows.task.host import Host
from airflow_provider_flows.task.outcome import Outcome
from airflow_provider_flows.task.request import TaskRequest
from airflow_provider_flows.task.run_task import run_task
from airflow_provider_flows.task.view import RunView

_names = itertools.count()


class Broken(Exception):
    """The run stopped: a step failed for good."""


@dataclass
class Run:
    """A run that is over: its artifacts and its records."""

    runtime: FlowRuntime
    failed: Outcome | None = None
    attempts: dict[str, int] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return self.runtime.store

    def record(self, step: str, *path: int, iteration: int | None = None) -> AttemptRecord:
        address = TaskAddress.of(self.runtime.name, self.runtime.run_id, step, path, iteration)
        record = self.store.read_newest(address)
        assert record is not None, f"{address.pathspec} left no record"
        return record

    def reached(self, step: str, *path: int) -> bool:
        return RunView(self.store, self.runtime.graph, self.runtime.run_id).record(step, path) is not None

    def __call__(self, step: str, name: str, *path: int, iteration: int | None = None) -> Any:
        """Return an artifact."""
        return self.store.load(self.runtime.name, self.record(step, *path, iteration=iteration).artifacts[name])

    def artifacts(self, step: str, *path: int) -> dict[str, Any]:
        """Return the public artifacts of a task."""
        record = self.record(step, *path)
        return {
            name: self.store.load(self.runtime.name, ref)
            for name, ref in record.artifacts.items()
            if not name.startswith("_")
        }


def write_flow(folder: Path, source: str, name: str | None = None) -> Path:
    """Write a flow file of a name of its own, so that no two tests share a module."""
    file = folder / f"{name or f'flow{next(_names)}'}.py"
    file.write_text(textwrap.dedent(source), encoding="utf-8")
    return file


def run_flow(folder: Path, source: str, *, run_id: str = "run", specs: tuple[str, ...] = (), **parameters: Any) -> Run:
    """Run the flow in `source` to its end, or to the first step that fails for good."""
    runtime = runtime_of(write_flow(folder, source), folder / "store", run_id, decorators=specs)
    require_valid(runtime.graph)
    return run_again(runtime, parameters)


def runtime_of(flow: Path | LoadedFlow, store: Path | str, run_id: str = "run", **fields: Any) -> FlowRuntime:
    """Set a flow up in a run; `fields` are those of FlowSetup."""
    loaded = flow if isinstance(flow, LoadedFlow) else load_flow(flow)
    setup = FlowSetup(loaded.file, loaded.flow_class.__name__, str(store), run_id, **fields)
    return set_up(setup, loaded=loaded)


def run_again(runtime: FlowRuntime, parameters: dict[str, Any]) -> Run:
    run = Run(runtime)
    with metaflow_names():
        for step in runtime.graph.topological:
            view = RunView(runtime.store, runtime.graph, runtime.run_id)
            nest = runtime.graph[step].foreach_nest
            if nest and not view.is_reached(nest[0], ()):
                continue
            for path in view.placement.split_paths(nest):
                run.failed = _run_one(run, step, path, parameters)
                if run.failed is not None:
                    return run
            if runtime.graph[step].maps and nest:
                after = RunView(runtime.store, runtime.graph, runtime.run_id)
                runtime.store.write_splits(runtime.name, runtime.run_id, step, split_counts(after, step))
    return run


def _run_one(run: Run, step: str, path: tuple[int, ...], parameters: dict[str, Any]) -> Outcome | None:
    budget = budget_of(run.runtime.step(step))
    outcome: Outcome | None = None
    for retry_count in range(budget.total + 1):
        request = TaskRequest(step, path, retry_count=retry_count, budget=budget, parameters=parameters)
        try:
            outcome = run_task(run.runtime, request, Host())
        except SystemExit:
            continue
        run.attempts[task_id(step, path)] = retry_count + 1
        if outcome is None or outcome.ok:
            return None
    return outcome
