"""A real Airflow on free ports, started and stopped by tests and by the demo, in processes of its own.

SQLite, LocalExecutor, scheduler, DAG processor and two API servers: with one server, SQLite deadlocks between the
event loop's audit rows and the requests of running tasks (seen on Airflow 3.3 with 16 parallel tasks).
"""

from __future__ import annotations

import atexit
import base64
import configparser
import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

from tests import reaper
from tests.rest import AirflowRest

GRACE = 3.0
_VERSION = "from importlib.metadata import version; print(version('apache-airflow-core'))"


@dataclass(frozen=True)
class Program:
    """What a service runs, and as which user of the system where that is not this process's."""

    command: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    user: str | None = None


class Airflow(AirflowRest):
    """`with Airflow(home) as airflow: airflow.run("my_dag")`: up when the block is entered, gone when it is left.

    `home` becomes the AIRFLOW_HOME; `dags` defaults to `home/dags`. `database` is a migrated SQLite file to start from
    (see `prepared_database`); without one, and on an empty home, it is migrated here, which takes 6 to 11 s.
    `settings` are Airflow's, as `{"core.max_map_length": "10"}`. `env` is added to the environment of all services.
    Everything is stopped at the end of the block, at the interpreter's exit, and also when this process is killed.
    """

    def __init__(
        self,
        home: Path,
        *,
        dags: Path | None = None,
        database: Path | None = None,
        parallelism: int = 4,
        python: str = sys.executable,
        settings: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        triggerer: bool = False,
    ) -> None:
        self.home = home.resolve()
        self.dags = (dags or home / "dags").resolve()
        self.python = python
        self.core_port, self.execution_port = free_port(), free_port()
        super().__init__(f"http://127.0.0.1:{self.core_port}")
        self._database = database
        self._settings = {**self._own_settings(parallelism), **(settings or {})}
        self._env = dict(env or {})
        self._triggerer = triggerer
        self._services: dict[str, subprocess.Popen[bytes]] = {}
        self._programs: dict[str, Program] = {}
        self._reaper: subprocess.Popen[str] | None = None
        self._token = secrets.token_hex(8)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of the services, and of a command or client that is to see the same Airflow."""
        return {**clean_environ(), "AIRFLOW_HOME": str(self.home), **self._env}

    @property
    def services(self) -> Mapping[str, subprocess.Popen[bytes]]:
        """The running services by name: `core`, `execution`, `scheduler`, `dag-processor`."""
        return self._services

    @property
    def datastore(self) -> Path:
        """The root of the store that flows use here when nothing else is set."""
        return self.home / "flows"

    def __enter__(self) -> Airflow:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def start(self, timeout: float = 120) -> None:
        """Start all services and return when all are healthy; stop them and raise when one is not in time."""
        with ExitStack() as undo:
            undo.callback(self.stop)
            self._start_reaper()
            self._prepare_home()
            self._start_services()
            self._wait_until_healthy(timeout)
            undo.pop_all()

    def stop(self) -> None:
        """Stop all that was started here: asked first, killed after a few seconds. Harmless when nothing runs."""
        atexit.unregister(self.stop)
        watcher, self._reaper = self._reaper, None
        if watcher is None or watcher.stdin is None:
            return
        watcher.stdin.close()
        for service in self._services.values():
            service.wait()
        watcher.wait()
        self._services.clear()

    def detach(self) -> int:
        """Leave everything running after this process; return the process id whose SIGTERM stops it all."""
        atexit.unregister(self.stop)
        watcher, self._reaper = self._reaper, None
        if watcher is None or watcher.stdin is None:
            raise RuntimeError("nothing is running")
        watcher.stdin.write("stay\n")
        watcher.stdin.close()
        return watcher.pid

    def cli(self, *arguments: str, timeout: float = 120) -> str:
        """Run `airflow <arguments>` on this home and return its standard output."""
        command = [self.python, "-m", "airflow", *arguments]
        done = subprocess.run(command, env=self.environ, stdout=subprocess.PIPE, text=True, timeout=timeout, check=True)
        return done.stdout

    def check_alive(self) -> None:
        for name, service in self._services.items():
            if service.poll() is not None:
                raise RuntimeError(f"{name} ended with exit code {service.returncode}:\n{self.service_log(name)}")

    def restart(self, name: str) -> None:
        """Start a service again that has ended."""
        self._launch(name, self._programs[name])

    def service_log(self, name: str, last: int = 5000) -> str:
        """Return the last characters of what a service wrote to its output."""
        return (self._log_folder / f"{name}.log").read_text(errors="replace")[-last:]

    @property
    def _log_folder(self) -> Path:
        return self.home / "services"

    def _prepare_home(self) -> None:
        for folder in (self.home, self.dags, self._log_folder):
            folder.mkdir(parents=True, exist_ok=True)
        write_settings(self.home / "airflow.cfg", self._settings)
        database = self.home / "airflow.db"
        if self._database is not None and not database.exists():
            shutil.copyfile(self._database, database)
        elif not database.exists():
            migrate(self.python, self.environ)

    def _start_reaper(self) -> None:
        self._reaper = subprocess.Popen(
            [sys.executable, "-S", "-E", reaper.__file__, self._token, str(GRACE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        atexit.register(self.stop)

    def _start_services(self) -> None:
        server = ["api-server", "--host", "127.0.0.1", "--workers", "1"]
        self._start("core", *server, "--apps", "core", "--port", str(self.core_port))
        self._start("execution", *server, "--apps", "execution", "--port", str(self.execution_port))
        self._start("scheduler", "scheduler", "--skip-serve-logs")
        self._start("dag-processor", "dag-processor")
        if self._triggerer:
            self._start("triggerer", "triggerer", "--skip-serve-logs")

    def _start(self, name: str, *arguments: str) -> None:
        self._launch(name, Program((self.python, "-m", "airflow", *arguments), self.environ, self.home))

    def _launch(self, name: str, program: Program) -> None:
        self._programs[name] = program
        with (self._log_folder / f"{name}.log").open("ab") as log:
            service = subprocess.Popen(
                program.command,
                env={**program.env, reaper.TOKEN_VARIABLE: self._token},
                cwd=program.cwd,
                user=program.user,
                group=program.user,
                extra_groups=None if program.user is None else [],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._services[name] = service
        _stdin(self._reaper).write(f"{service.pid}\n")
        _stdin(self._reaper).flush()

    def _wait_until_healthy(self, timeout: float) -> None:
        began = datetime.now(timezone.utc).isoformat()

        def healthy() -> bool | None:
            health = self.health()
            parts = ["scheduler", "dag_processor", *(["triggerer"] if self._triggerer else [])]
            beats = [(health.get(part) or {}).get(f"latest_{part}_heartbeat") or "" for part in parts]
            return True if all(beat > began for beat in beats) and self._execution_answers() else None

        self.wait_until(healthy, lambda: f"Airflow is not healthy: {self.health()}; see {self._log_folder}", timeout)

    def _execution_answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.execution_port}/execution/health", timeout=10):
                return True
        except (URLError, ConnectionError, TimeoutError):
            return False

    def _own_settings(self, parallelism: int) -> dict[str, str]:
        return {
            "core.dags_folder": str(self.dags),
            "core.load_examples": "False",
            "core.executor": "LocalExecutor",
            "core.parallelism": str(parallelism),
            "core.fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "core.simple_auth_manager_all_admins": "True",
            "core.dags_are_paused_at_creation": "False",
            "core.execution_api_server_url": f"http://127.0.0.1:{self.execution_port}/execution/",
            "database.sql_alchemy_conn": f"sqlite:///{self.home}/airflow.db?timeout=90",
            "logging.base_log_folder": str(self.home / "logs"),
            "api.base_url": self.url,
            "api.secret_key": secrets.token_hex(16),
            "api_auth.jwt_secret": secrets.token_hex(64),
            "scheduler.scheduler_idle_sleep_time": "0.1",
            "workers.min_heartbeat_interval": "1",
            # A new or changed file is seen within two seconds; parsing unchanged ones again would eat a core.
            "dag_processor.refresh_interval": "1",
            "dag_processor.bundle_refresh_check_interval": "1",
            "dag_processor.min_file_process_interval": "600",
        }


def prepared_database(folder: Path, python: str = sys.executable) -> Path:
    """Return a migrated SQLite file for the Airflow of `python`, made once per version in `folder`."""
    version = subprocess.run([python, "-c", _VERSION], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    database = folder / f"airflow-{version}.db"
    if not database.exists():
        home = folder / f"migrating-{os.getpid()}"
        home.mkdir(parents=True)
        settings = {"database.sql_alchemy_conn": f"sqlite:///{home}/airflow.db", "core.load_examples": "False"}
        write_settings(home / "airflow.cfg", settings)
        migrate(python, {**clean_environ(), "AIRFLOW_HOME": str(home)})
        (home / "airflow.db").replace(database)
        shutil.rmtree(home)
    return database


def migrate(python: str, environ: Mapping[str, str]) -> None:
    command = [python, "-m", "airflow", "db", "migrate"]
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise RuntimeError(f"airflow db migrate ended with exit code {done.returncode}:\n{done.stdout[-5000:]}")


def clean_environ() -> dict[str, str]:
    """Return this process's environment without Airflow's or our own settings, or Python's.

    Bytecode is written, also where the machine forbids it: without, Airflow's imports take twice as long.
    """
    foreign = ("AIRFLOW_", "FLOWS_", "METAFLOW_", "PYTHON")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


def write_settings(file: Path, settings: Mapping[str, str]) -> None:
    """Write `{"section.option": "value"}` as an airflow.cfg."""
    config = configparser.ConfigParser(interpolation=None)
    for name, value in settings.items():
        section, option = name.split(".", 1)
        if not config.has_section(section):
            config.add_section(section)
        config.set(section, option, value.replace("%", "%%"))
    with file.open("w") as output:
        config.write(output)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _stdin(process: subprocess.Popen[str] | None) -> IO[str]:
    if process is None or process.stdin is None:
        raise RuntimeError("the reaper is not running")
    return process.stdin


__all__ = ["Airflow", "clean_environ", "free_port", "prepared_database"]
