"""The pod that Airflow itself makes of a compiled `@kubernetes`, without a cluster: what was asked for is in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow_provider_flows.compiler.compile import compile_flow

from tests.conftest import ROOT
from tests.services import clean_environ
from tests.support.options import compile_options

FLOW = """
from metaflow import FlowSpec, kubernetes, resources, step


class PodsFlow(FlowSpec):
    @step
    def start(self):
        self.items = [1, 2]
        self.next(self.work, foreach="items")

    @kubernetes(image="my/image:1", cpu=4, memory=32000, gpu=1, node_selector="pool=gpu", labels={"team": "ml"},
                tolerations=[{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}], shared_memory=1024)
    @resources(memory=64000)
    @step
    def work(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass
"""
SERIALIZED = """
import json, runpy, sys
from airflow.models.serialized_dag import SerializedDagModel
from airflow.serialization.serialized_objects import DagSerialization
dag = runpy.run_path(sys.argv[1])["dag"]
print(SerializedDagModel.hash(DagSerialization.to_dict(dag)))
from kubernetes.client import ApiClient
from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator
pod = dag.get_task("work").executor_config["pod_override"]
plain = ApiClient().sanitize_for_serialization(pod)
assert ApiClient().sanitize_for_serialization(PodGenerator.deserialize_model_dict(plain)) == plain
"""


@pytest.fixture(scope="module")
def place(airflow_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A folder with the compiled DAG, and the environment of an Airflow that has it."""
    folder = tmp_path_factory.mktemp("pods")
    (folder / "pods_flow.py").write_text(FLOW)
    (folder / "dags").mkdir()
    options = compile_options(folder / "pods_flow.py", kubernetes_executor="KubernetesExecutor")
    (folder / "dags" / "pods.py").write_text(compile_flow(options).text)
    environ = {
        **clean_environ(),
        "AIRFLOW_HOME": str(airflow_home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor,KubernetesExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": str(ROOT),
    }
    return folder, environ


def run(environ: dict[str, str], *command: str) -> str:
    done = subprocess.run([sys.executable, *command], env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def test_airflow_makes_the_pod_that_was_asked_for(place: tuple[Path, dict[str, str]]) -> None:
    folder, environ = place
    run(environ, "-m", "airflow", "dags", "reserialize")
    command = ("kubernetes", "generate-dag-yaml", "PodsFlow", "--logical-date", "2026-01-01")
    run(environ, "-m", "airflow", *command, "-o", str(folder / "yaml"))
    pods = {file.name.split("_")[1]: yaml.safe_load(file.read_text()) for file in (folder / "yaml").rglob("*.yml")}
    assert sorted(pods) == ["end", "join", "start", "work"]
    container: dict[str, Any] = pods["work"]["spec"]["containers"][0]
    assert container["image"] == "my/image:1" and container["args"][:2] == ["python", "-m"]
    assert container["resources"] == {
        "limits": {"nvidia.com/gpu": "1"},
        "requests": {"cpu": "4", "memory": "64000M", "ephemeral-storage": "10240M", "nvidia.com/gpu": "1"},
    }
    assert pods["work"]["spec"]["nodeSelector"] == {"pool": "gpu"}
    assert pods["work"]["spec"]["tolerations"] == [{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}]
    assert pods["work"]["metadata"]["labels"]["team"] == "ml"
    assert "resources" not in pods["end"]["spec"]["containers"][0]


def test_the_serialized_dag_is_the_same_under_each_hash_seed(place: tuple[Path, dict[str, str]]) -> None:
    folder, environ = place
    file = str(folder / "dags" / "pods.py")
    hashes = {run({**environ, "PYTHONHASHSEED": seed}, "-c", SERIALIZED, file).splitlines()[-1] for seed in "12"}
    assert len(hashes) == 1
