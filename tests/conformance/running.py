"""Runs a case of the corpus: one task after the other, or as Airflow would run its plan."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from airflow_provider_flows.compiler.compile import Compiled, compile_flow
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.graph.rules import require_valid
from airflow_provider_flows.metaflow_compat import metaflow_names
from airflow_provider_flows.setup.runtime import FlowRuntime

from tests.conformance.corpus import BESIDE, FLOWS, Case, Result, Tasks
from tests.conformance.records import left_by
from tests.conformance.simulated import Instance, Simulation
from tests.support.runner import run_again, runtime_of


def flow_file(case: Case, folder: Path) -> Path:
    """Put the case's flow into a folder of its own, with the files that flows find beside theirs."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (case.file.name, *BESIDE):
        shutil.copy(FLOWS / name, folder)
    return folder / case.file.name


def compiled(case: Case, folder: Path) -> Compiled:
    return compile_flow(CompileOptions(flow_file(case, folder)))


def core_run(case: Case, folder: Path) -> Result:
    """Run the case step by step in this process."""
    runtime = _runtime(case, folder, "core")
    require_valid(runtime.graph)
    with _environment(runtime):
        run = run_again(runtime, dict(case.parameters))
    return Result(run.failed is None, _tasks(runtime))


def simulated_run(
    case: Case, folder: Path, seed: int = 0, lost: float = 0.0, killed: Iterable[Instance] = ()
) -> tuple[Result, dict[Instance, str]]:
    """Run the case's plan by Airflow's rules, in an order left to chance; return the task instances' states, too."""
    plan = compiled(case, folder).plan
    runtime = _runtime(case, folder, f"simulated-{seed}")
    with _environment(runtime), metaflow_names():
        simulation = Simulation(plan, runtime, dict(case.parameters), random.Random(seed), lost, killed=set(killed))
        states = simulation.run()
    end = states.get((str(runtime.graph.end_step), -1))
    return Result(end == "success", _tasks(runtime)), states


def _runtime(case: Case, folder: Path, run: str) -> FlowRuntime:
    return runtime_of(flow_file(case, folder), folder / "store", run)


def _tasks(runtime: FlowRuntime) -> Tasks:
    tasks: Tasks = json.loads(json.dumps(left_by(runtime.store, runtime.name, runtime.run_id)))
    return tasks


def _environment(runtime: FlowRuntime) -> AbstractContextManager[Any]:
    """Set what `@environment` asks for, for all steps at once: in a run, who starts a process sets its own."""
    decorators = [each for step in runtime.graph.topological for each in runtime.step(step).decorators]
    asked = [decorator.operator_arguments().get("environment", {}) for decorator in decorators]
    return patch.dict(os.environ, {name: value for variables in asked for name, value in variables.items()})
