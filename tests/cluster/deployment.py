"""Airflow as people run it who have outgrown one machine: Celery workers that share nothing but the DAG files.

PostgreSQL, Redis, an S3 server, API servers, scheduler, DAG processor, triggerer and two workers. Each worker has a
home, a code cache and an environment cache of its own, and an address of its own on loopback, as if it were a machine.
What ends is started again, as a supervisor does in production. Airflow's server for the logs of workers listens on all
addresses, so two do not fit on one machine: what steps print is read from the store.
"""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import reaper
from tests.cluster import programs, worker_name
from tests.integration.deployment import FlowAirflow
from tests.rest import Json, RestError
from tests.services import Program, free_port, migrate, write_settings
from tests.support.s3 import S3Server

WORKERS = {"w1": "127.0.0.2", "w2": "127.0.0.3"}
SLOTS = 4
BACK_AFTER = 0.5
"""Seconds after which the supervisor starts again what has ended."""
_WORKER_SETTLED = 60.0
_DATABASE_BACK = 60.0
_PARTS = ("metadatabase", "scheduler", "dag_processor", "triggerer")


class Cluster(FlowAirflow):
    """Airflow on PostgreSQL and Celery; flows keep their artifacts at `root`, in the bucket of `s3`."""

    def __init__(
        self,
        home: Path,
        s3: S3Server,
        *,
        root: str,
        worker_env: Mapping[str, Mapping[str, str]] | None = None,
        **options: Any,
    ) -> None:
        self.database_port, self.broker_port = free_port(), free_port()
        options.pop("database", None)
        super().__init__(home, s3, triggerer=True, **options)
        self.root = root
        self._worker_env = dict(worker_env or {})
        self._held: set[str] = set()
        self._supervising = threading.Event()
        self._lock = threading.RLock()
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)
        self.restarts: list[str] = []
        """The names of services that ended and were started again, oldest first."""

    def deploy(self, flow: str | Path, name: str | None = None, **options: Any) -> str:
        return super().deploy(flow, name, **{"datastore_root": self.root, **options})

    def stop(self) -> None:
        self._supervising.clear()
        with self._lock:
            super().stop()

    def check_alive(self) -> None:
        """What ends is started again."""

    @contextmanager
    def down(self, name: str) -> Iterator[None]:
        """While the block runs, a service is gone: killed as by a power cut, and not started again."""
        with self._lock:
            self._held.add(name)
            self.kill(name)
        try:
            yield
        finally:
            self._held.discard(name)
        self.wait_until(self._is_healthy, lambda: f"not healthy: {self.health()}\n{self.service_log(name)}", 60)

    def request(self, method: str, path: str, body: Json | None = None, **query: Any) -> Any:
        """Ask the API, which answers 500 while its database is away; what only reads is then asked again."""
        deadline = time.monotonic() + _DATABASE_BACK
        while True:
            try:
                return super().request(method, path, body, **query)
            except RestError as error:
                if method != "GET" or error.status != 500 or time.monotonic() > deadline:
                    raise
                time.sleep(1)

    def _is_healthy(self) -> bool | None:
        parts = self.health()
        return True if all((parts.get(name) or {}).get("status") == "healthy" for name in _PARTS) else None

    def kill(self, name: str) -> None:
        """Kill a service and all that it started, as when its machine goes away."""
        service = self._services[name]
        reaper.signal_all({pid for pid, session in reaper.processes() if session == service.pid}, signal.SIGKILL)
        service.wait()

    def processes_of(self, worker: str) -> set[int]:
        leader = self._services[worker].pid
        return {pid for pid, session in reaper.processes() if session == leader}

    def wait_until_idle(self) -> None:
        """Wait until the workers run nothing: no process in their sessions has been started by a slot."""

        def idle() -> bool | None:
            return True if not any(self._in_slots(worker) for worker in WORKERS) else None

        self.wait_until(idle, lambda: f"still running: { {w: self._in_slots(w) for w in WORKERS} }", _WORKER_SETTLED)

    def worker_of(self, dag_id: str, run_id: str, task: str) -> str:
        """Return the name of the worker that runs a task, or ran it last."""
        host = self.task_instance(dag_id, run_id, task)["hostname"]
        return next(name for name, address in WORKERS.items() if address == host)

    def _in_slots(self, worker: str) -> list[str]:
        """Return the commands of the processes below the worker's slots."""
        pids = self.processes_of(worker)
        slots = {pid for pid in pids if _parent(pid) == self._services[worker].pid}
        return [reaper.command_line(pid) for pid in pids if _parent(pid) in slots]

    def _own_settings(self, parallelism: int) -> dict[str, str]:
        database = f"postgresql+psycopg2://{programs.DATABASE_USER}@127.0.0.1:{self.database_port}/postgres"
        return {
            **super()._own_settings(parallelism),
            "core.executor": "CeleryExecutor",
            "core.parallelism": "16",
            "core.hostname_callable": f"{worker_name.__name__}.{worker_name.host.__name__}",
            "database.sql_alchemy_conn": database,
            "celery.broker_url": f"redis://127.0.0.1:{self.broker_port}/0",
            "celery.result_backend": f"db+{database}",
            "celery.worker_concurrency": str(SLOTS),
            "scheduler.task_queued_timeout": "60",
        }

    def _prepare_home(self) -> None:
        for folder in (self.home, self.dags, self._log_folder):
            folder.mkdir(parents=True, exist_ok=True)
        write_settings(self.home / "airflow.cfg", self._settings)
        self._launch("postgres", programs.postgres(self.home / "postgres", self.database_port))
        self._launch("redis", programs.redis(self.home / "redis", self.broker_port))
        for port in (self.database_port, self.broker_port):
            self.wait_until(lambda port=port: _answers(port), lambda: self.service_log("postgres"), 30)
        migrate(self.python, self.environ)

    def _start_services(self) -> None:
        super()._start_services()
        for name, host in WORKERS.items():
            self._launch(name, self._worker(name, host))
        self._supervising.set()
        self._supervisor.start()

    def _worker(self, name: str, host: str) -> Program:
        home = self.home / name
        home.mkdir()
        write_settings(home / "airflow.cfg", {**self._settings, "logging.base_log_folder": str(home / "logs")})
        env = {
            **self.environ,
            "AIRFLOW_HOME": str(home),
            worker_name.VARIABLE: host,
            "FLOWS_CODE_CACHE_DIR": str(home / "code"),
            "FLOWS_ENVIRONMENT_CACHE": str(home / "environments"),
            **self._worker_env.get(name, {}),
        }
        arguments = ("celery", "worker", "-H", f"{name}@%h", "-c", str(SLOTS), "--skip-serve-logs")
        return Program((self.python, "-m", "airflow", *arguments), env, home)

    def _supervise(self) -> None:
        while self._supervising.is_set():
            time.sleep(BACK_AFTER)
            with self._lock:
                for name, service in list(self._services.items()):
                    if self._supervising.is_set() and service.poll() is not None and name not in self._held:
                        self.restarts.append(name)
                        self.restart(name)


def _answers(port: int) -> bool | None:
    with socket.socket() as client:
        return True if client.connect_ex(("127.0.0.1", port)) == 0 else None


def _parent(pid: int) -> int:
    try:
        return int(Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return -1
