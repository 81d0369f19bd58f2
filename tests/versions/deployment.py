"""A real Airflow of any version, whose own environment compiles the flows that are deployed in it."""

from __future__ import annotations

import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.integration import conftest as integration
from tests.integration.deployment import FLOWS, FlowAirflow
from tests.services import clean_environ, prepared_database

TAG = "of the versions"
FILES = (
    *(FLOWS / f"{name}_flow.py" for name in ("clear", "loop", "names", "nested", "params", "seen", "switch")),
    Path(__file__).parent / "flows/shapes_flow.py",
    ROOT / "dags/flows/catch_retry_flow.py",
)


class SupervisedAirflow(FlowAirflow):
    """Airflow whose services are started again when they end, as in production.

    The scheduler of Airflow 3.1 ends now and then when a run with mapped tasks is cleared (StaleDataError). One that
    ends again and again is not what anybody runs, and fails as ever.
    """

    MOST = 3

    def __init__(self, home: Path, **options: Any) -> None:
        super().__init__(home, **options)
        self.restarts: Counter[str] = Counter()
        self._supervising = threading.Lock()

    def check_alive(self) -> None:
        with self._supervising:
            for name, service in list(self.services.items()):
                if service.poll() is not None and self.restarts[name] < self.MOST:
                    self.restarts[name] += 1
                    self.restart(name)
        super().check_alive()


@contextmanager
def running(folder: Path, commands: Path, **settings: str) -> Iterator[FlowAirflow]:
    """A real Airflow without any DAGs, of the environment with these commands; it has the package from there."""
    python = str(commands / "python")
    database = prepared_database(folder / "database", python)
    env = {"FLOWS_FSYNC": "0"}
    options = {**integration.SETTINGS, **{name.replace("__", "."): value for name, value in settings.items()}}
    with SupervisedAirflow(folder / "home", python=python, database=database, settings=options, env=env) as airflow:
        yield airflow


def deploy(airflow: FlowAirflow, commands: Path) -> None:
    """Compile all flows by the command of that environment, and wait until Airflow knows them."""
    dies = airflow.home / "death_flow.py"
    source = (FLOWS / "death_flow.py").read_text().replace("# decorators", integration.DEATHS["RetriedAndCaught"])
    dies.write_text(source.replace("seconds=2", "seconds=9"))  # in which a busy machine has begun to run the step
    files = [*FILES, dies]
    command = [commands / "flows-compile", *files, "--output", airflow.dags, "--tag", TAG]
    done = subprocess.run(list(map(str, command)), env=clean_environ(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for file in files:
        dag_id = "".join(map(str.capitalize, file.stem.split("_")))
        airflow.roots[dag_id] = str(airflow.datastore)
        airflow.wait_for_dag(dag_id)
