"""Compiles flows and runs their DAGs with `dag.test()`, in this process, so that a test about Airflow takes five lines.

Airflow is imported when the first DAG runs, which needs the fixture `airflow_home`.
"""

from __future__ import annotations

import importlib.util
import itertools
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airflow_provider_flows.client import Run
from airflow_provider_flows.compiler.compile import compile_flow

from tests.support.options import compile_options

_numbers = itertools.count()


@dataclass(frozen=True)
class DagRun:
    """A run that is over: its state, those of its tasks, and what the client finds in the store."""

    flow: str
    run_id: str
    state: str
    states: dict[str, str]

    @property
    def run(self) -> Run:
        return Run(f"{self.flow}/{self.run_id}", _namespace_check=False)

    def __call__(self, step: str, artifact: str) -> Any:
        """Return an artifact of a step's first task."""
        return self.run[step].task[artifact].data


def compile_dag(home: Path, flow: Path, **options: Any) -> Any:
    """Compile the flow file, put its DAG into the dags folder alone, and return the DAG object."""
    compiled = compile_flow(compile_options(flow, **options))
    return put_dag(home, compiled.text, compiled.plan.flow.name)


def put_dag(home: Path, text: str, name: str) -> Any:
    """Put the text of a DAG file into the dags folder alone, and return its DAG object."""
    for other in (home / "dags").glob("*.py"):
        other.unlink()
    file = home / "dags" / f"{name}{next(_numbers)}.py"
    file.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(f"dag_{file.stem}", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.dag


def run_dag(home: Path, dag: Any, **params: Any) -> DagRun:
    """Run the DAG once, with these parameters."""
    _forget_closed_logs()
    run = dag.test(run_conf=params)
    states = {ti.task_id: str(ti.state) for ti in run.get_task_instances()}
    return DagRun(dag.dag_id, run.run_id, str(run.state.value), states)


def _forget_closed_logs() -> None:
    """Drop Airflow's handlers that write to the output of an earlier test, which is closed by now."""
    for logger in (logging.getLogger(), *map(logging.getLogger, list(logging.root.manager.loggerDict))):
        for handler in list(logger.handlers):
            if getattr(getattr(handler, "stream", None), "closed", False):
                logger.removeHandler(handler)
