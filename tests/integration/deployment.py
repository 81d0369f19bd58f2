"""A real Airflow with flows in it, and what a test wants to know of their runs. The tests of this folder share one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from airflow_provider_flows.compiler.compile import compile_flow
from airflow_provider_flows.identity import TaskAddress, dag_run_name
from airflow_provider_flows.store import AttemptRecord, Store, open_store

from tests.rest import Json, RestError
from tests.services import Airflow
from tests.support.options import compile_options
from tests.support.s3 import S3Server

T = TypeVar("T")
KEY = "of these tests"
"""Signs all that tasks leave, and is known to those that read it."""
PATIENCE = 400.0
"""Seconds to wait for anything: many runs share the machine."""
FLOWS = Path(__file__).parent / "flows"


class FlowAirflow(Airflow):
    """Airflow with our own flows. Its tests run at once, so each looks for news less often.

    One request writes at a time: on SQLite, two make the API server wait for itself until the database gives up.
    One flow is compiled at a time: a flow's modules are the process's while it is.
    """

    _writing = threading.Lock()
    _compiling = threading.Lock()

    def __init__(self, home: Path, s3: S3Server | None = None, **options: Any) -> None:
        super().__init__(home, **options)
        self.s3 = s3
        self.roots: dict[str, str] = {}
        """Where the store of a DAG is, by the DAG's id."""

    def deploy(self, flow: str | Path, name: str | None = None, **options: Any) -> str:
        """Compile a flow of the folder `flows` or a file into `<name>.py` in the DAGs' folder; return the DAG's id."""
        file = flow if isinstance(flow, Path) else FLOWS / f"{flow}.py"
        with self._compiling:
            compiled = compile_flow(compile_options(file, **options))
        self.roots[compiled.plan.dag_id] = options.get("datastore_root") or str(self.datastore)
        draft = self.dags / f".{name or file.stem}.draft"
        draft.write_text(compiled.text)
        draft.replace(self.dags / f"{name or file.stem}.py")
        return compiled.plan.dag_id

    def start_flow(self, dag_id: str, flow: str | None = None, run_id: str | None = None, **parameters: Any) -> FlowRun:
        """Trigger a DAG with a flow's parameters; `flow` is its flow where that is called differently."""
        return FlowRun(self, dag_id, flow or dag_id, self.trigger(dag_id, parameters, run_id=run_id))

    def run_flow(self, dag_id: str, flow: str | None = None, **parameters: Any) -> FlowRun:
        run = self.start_flow(dag_id, flow, **parameters)
        run.wait()
        return run

    def request(self, method: str, path: str, body: Json | None = None, **query: Any) -> Any:
        with nullcontext() if method == "GET" else self._writing:
            return super().request(method, path, body, **query)

    def wait_until(self, probe: Callable[[], T | None], what: Callable[[], str], timeout: float) -> T:
        deadline = time.monotonic() + max(timeout, PATIENCE)
        while (found := probe()) is None:
            self.check_alive()
            if time.monotonic() > deadline:
                raise TimeoutError(what())
            time.sleep(0.7)
        return found


@dataclass(frozen=True)
class FlowRun:
    """One run: what Airflow says of its tasks, and what is in the store."""

    airflow: FlowAirflow
    dag_id: str
    flow: str
    run_id: str

    @property
    def store(self) -> Store:
        return open_store(self.airflow.roots[self.dag_id], signing_key=KEY)

    @property
    def name(self) -> str:
        """The run's id in the store."""
        return dag_run_name(self.flow, self.dag_id, self.run_id)

    def wait(self) -> str:
        return self.airflow.wait_run(self.dag_id, self.run_id)

    def wait_task(self, task: str, *states: str) -> str:
        more: Mapping[str, Any] = {"states": states} if states else {}
        return self.airflow.wait_task(self.dag_id, self.run_id, task, **more)

    @property
    def states(self) -> dict[str, str | None]:
        return self.airflow.states(self.dag_id, self.run_id)

    def tries(self, step: str, map_index: int = -1) -> list[str]:
        """Return the state in which each of a task's tries ended."""
        return [each["state"] for each in self.airflow.tries(self.dag_id, self.run_id, step, map_index)]

    def labels(self, step: str) -> list[str | None]:
        found = [one for one in self.airflow.task_instances(self.dag_id, self.run_id) if one["task_id"] == step]
        return [one["rendered_map_index"] for one in sorted(found, key=lambda one: int(one["map_index"]))]

    def log(self, step: str, map_index: int = -1, try_number: int = 1) -> str:
        return self.airflow.logs(self.dag_id, self.run_id, step, try_number=try_number, map_index=map_index)

    def wait_log(self, step: str, text: str, try_number: int = 1) -> None:
        """Wait until a text is in the log of a try, which need not have begun."""

        def said() -> bool | None:
            try:
                return True if text in self.log(step, -1, try_number) else None
            except RestError as error:
                if error.status == 404:
                    return None
                raise

        self.airflow.wait_until(said, lambda: f"try {try_number} of {step} does not say {text!r}", 60)

    def clear(self, *tasks: str | tuple[str, int], downstream: bool = True) -> list[str]:
        return self.airflow.clear(self.dag_id, self.run_id, *tasks, downstream=downstream)

    def mark(self, step: str, state: str, map_index: int = -1) -> None:
        self.airflow.set_state(self.dag_id, self.run_id, step, state, map_index=map_index)

    def attempts(self, step: str, *path: int, iteration: int | None = None) -> list[AttemptRecord]:
        """Return the records that a task left, oldest first."""
        address = TaskAddress.of(self.flow, self.name, step, path, iteration)
        found = (self.store.read_attempt(address, number) for number in range(self.store.next_attempt(address)))
        return [record for record in found if record is not None]

    def outcomes(self, step: str, *path: int, iteration: int | None = None) -> list[str]:
        return [record.outcome for record in self.attempts(step, *path, iteration=iteration)]

    def printed(self, step: str, *path: int, iteration: int | None = None, attempt: int = 0) -> list[tuple[str, str]]:
        """Return the stream and text of each line that is kept of an attempt."""
        address = TaskAddress.of(self.flow, self.name, step, path, iteration)
        return [(line.stream, line.text) for line in self.store.read_log(address, attempt)]

    def value(self, step: str, name: str, *path: int) -> Any:
        """Return an artifact of a task's newest attempt."""
        return self.store.load(self.flow, self.attempts(step, *path)[-1].artifacts[name])
