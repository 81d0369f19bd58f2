"""Runs single tasks of a DAG run as workers do, without a scheduler: tests redeploy, clear and run what they like."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.operators import CompiledFlow, compiled_flow
from airflow_provider_flows.operators.dag_run import WorkerRun, find_run
from airflow_provider_flows.operators.notes import failure_noted
from airflow_provider_flows.operators.prepare import airflow_metadata, request_of, set_up_fan_out, set_up_step
from airflow_provider_flows.operators.tries import Try
from airflow_provider_flows.operators.worker_names import worker_names
from airflow_provider_flows.store import AttemptRecord, Store, StoreAccess, open_store
from airflow_provider_flows.task.fan_out import split_counts
from airflow_provider_flows.task.host import Host
from airflow_provider_flows.task.outcome import Outcome
from airflow_provider_flows.task.run_task import run_task
from airflow_provider_flows.task.view import RunView

from tests.flow.sources import flow
from tests.support.options import compile_options

from .counting import Counted


@dataclass
class Work:
    """One DAG run. `bundle_version` is that of its DAG bundle, None for a local folder."""

    folder: Path
    dag: CompiledFlow = field(init=False)
    tasks: dict[tuple[str, int], Counted] = field(default_factory=dict)
    bundle_version: str | None = None
    _deploys: Any = field(default_factory=itertools.count)

    def deploy(self, body: str, *, before: str = "", **options: Any) -> None:
        """Replace the DAG file; `body` is that of the flow's class F, `before` what stands before it."""
        file = self.folder / f"deploy{next(self._deploys)}" / "flow.py"
        file.parent.mkdir(parents=True)
        file.write_text(flow(body, before))
        code = compile_flow(compile_options(file, datastore_root=str(self.folder / "store"), **options)).plan.flow
        sources = dict(code.sources)
        self.dag = compiled_flow(
            code.name, entry=code.entry, digest=code.digest, sources=lambda: sources, **dict(code.arguments)
        )

    @property
    def store(self) -> Store:
        return open_store(str(self.folder / "store"))

    def clear(self, *steps: str) -> None:
        """Clear all tasks of the steps, whose run is finished."""
        for (step, _), task in self.tasks.items():
            if step in steps:
                task.clear()
            else:
                task.clear_another(finished_run=True)

    def run(self, *steps: str, index: int = -1) -> None:
        """Run one try of each step, which has to succeed."""
        for step in steps:
            outcome = self.attempt(step, index)
            assert outcome is None or outcome.ok, outcome.exception

    def attempt(self, step: str, index: int = -1) -> Outcome | None:
        with worker_names():
            runtime, tried = self.begin(step, index)
            run = self._find(step, index, self.tasks[step, index])
            metadata = airflow_metadata(run.task, tried)
            return run_task(runtime, request_of(run, runtime, step, tried, metadata), Host())

    def begin(self, step: str, index: int = -1) -> tuple[Any, Try]:
        """Begin a try as a worker does, and go no further: one that is killed then leaves no more than this."""
        task = self.tasks.setdefault((step, index), Counted(retries=0))
        task.try_number += 1
        run = self._find(step, index, task)
        with failure_noted(run, step):
            return set_up_step(run, step, task.retries, first_step=step == "start")

    def at(self, step: str, index: int = -1) -> WorkerRun:
        """Return the run as a task of the step finds it."""
        return self._find(step, index, self.tasks.setdefault((step, index), Counted(retries=0)))

    def fan_out(self, step: str) -> str | None:
        """Flatten the splits of a step; return the digest of the code that did."""
        with worker_names():
            runtime = set_up_fan_out(self._find(step, -1, Counted(0)), step)
            counts = split_counts(RunView(runtime.store, runtime.graph, runtime.run_id), step)
            runtime.store.write_splits(runtime.name, runtime.run_id, step, counts)
            return runtime.setup.code

    def _find(self, step: str, index: int, task: Counted) -> WorkerRun:
        ti = SimpleNamespace(
            dag_id="F",
            run_id="r",
            task_id=step,
            map_index=index,
            try_number=task.try_number,
            max_tries=task.max_tries,
            bundle_instance=SimpleNamespace(version=self.bundle_version),
        )
        dag_run = SimpleNamespace(clear_number=task.clear_number, conf={})
        return find_run(self.dag, StoreAccess(self.store.root, None), {"ti": ti, "dag_run": dag_run, "params": {}})

    # What it left

    def record(self, step: str, *path: int) -> AttemptRecord:
        record = self.store.read_newest(TaskAddress.of("F", "r", step, path))
        assert record is not None
        return record

    def value(self, step: str, name: str, *path: int) -> Any:
        return self.store.load("F", self.record(step, *path).artifacts[name])

    @property
    def codes(self) -> list[str]:
        """The digests of the codes that the run took up."""
        record = self.store.read_run("F", "r")
        return [each["deployed"]["code"] for each in (record or {})["codes"]]
