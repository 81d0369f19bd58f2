"""Whoever triggers a DAG reads what travels with the flow, and what an administrator opened; no other file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.flow.sources import flow
from tests.support.dags import DagRun, compile_dag, run_dag
from tests.support.runner import write_flow

SOURCE = flow("data = IncludeFile('data', default='data.txt')\ndef start(self): self.got = self.data")
ROOTS = "AIRFLOW__FLOWS__INCLUDE_FILE_ROOTS"


@pytest.fixture(scope="module")
def dag(airflow_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The flow's DAG; the flow's own folder holds a file that did not travel."""
    folder = tmp_path_factory.mktemp("flow")
    for name in ("data.txt", "secret.txt"):
        (folder / name).write_text(f"the content of {name}")
    os.mkfifo(folder / "pipe")
    return compile_dag(airflow_home, write_flow(folder, SOURCE)), folder


def run(airflow_home: Path, dag: Any, **conf: object) -> DagRun:
    return run_dag(airflow_home, dag[0], **conf)


def test_the_default_travels(airflow_home: Path, dag: Any) -> None:
    assert run(airflow_home, dag)("start", "got") == "the content of data.txt"
    assert run(airflow_home, dag, data="./data.txt")("start", "got") == "the content of data.txt"


@pytest.mark.parametrize(
    "path", ["/proc/self/environ", "/dev/zero", "{}/secret.txt", "{}/pipe", "../../../../../../etc/passwd", "/", ""]
)
def test_no_other_file_of_the_worker_is_read(
    airflow_home: Path, dag: Any, path: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    failed = run(airflow_home, dag, data=path.format(dag[1]))
    assert (failed.state, failed.states) == ("failed", {"start": "failed"})
    assert not list(failed.run["start"].task), "nothing was stored"
    said = caplog.text + "".join(capfd.readouterr())
    assert "nor below a folder of [flows] include_file_roots" in said


def test_folders_can_be_opened(airflow_home: Path, dag: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROOTS, f"/nowhere, {dag[1]}")
    assert run(airflow_home, dag, data=f"{dag[1]}/secret.txt")("start", "got") == "the content of secret.txt"
    assert run(airflow_home, dag, data=f"{dag[1]}/pipe").state == "failed"
    assert run(airflow_home, dag, data="/proc/self/environ").state == "failed"


def test_a_folder_that_is_no_absolute_path_is_an_error(
    airflow_home: Path, dag: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROOTS, "data")
    assert run(airflow_home, dag).state == "failed"
