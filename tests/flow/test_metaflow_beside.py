"""Genuine Metaflow is itself wherever nobody asked for this package, also where both are installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from airflow_provider_flows.metaflow_compat.names import MODULES

ROOT = Path(__file__).parents[2]
FLOW = """
from metaflow import FlowSpec, current, step
import metaflow.exception


class BesideFlow(FlowSpec):
    @step
    def start(self):
        from metaflow import Run

        self.homes = [one.__module__ for one in (FlowSpec, Run, metaflow.exception.MetaflowException)]
        self.next(self.end)

    @step
    def end(self):
        print(self.homes, current.run.id in current.pathspec)
"""


def run(code: str, *path: str | Path, python: str = sys.executable) -> str:
    done = subprocess.run(
        [python, "-c", code], env={"PYTHONPATH": ":".join(map(str, (ROOT, *path)))}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def genuine(metaflow_python: str, tmp_path: Path) -> Path:
    """A folder from which this interpreter can import genuine Metaflow, which is Python alone."""
    folder = tmp_path / "installed"
    folder.mkdir()
    (folder / "metaflow").symlink_to(run("import metaflow; print(metaflow.__path__[0])", python=metaflow_python))
    return folder


def test_there_is_no_metaflow_outside_of_a_flow(tmp_path: Path) -> None:
    (tmp_path / "metaflow.py").write_text("HERE = 1")
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "f.py").write_text(
        "from metaflow import FlowSpec, step\nclass F(FlowSpec):\n    @step\n    def start(self): pass\n"
    )
    code = f"""
import metaflow
before = metaflow
from airflow_provider_flows.flow.loading import load_flow
print(load_flow({str(tmp_path / "flows" / "f.py")!r}).flow_class.__mro__[1].__module__)
import metaflow
print(metaflow is before, metaflow.HERE)
"""
    assert run(code, tmp_path).split() == ["airflow_provider_flows.flow.flowspec", "True", "1"]


def test_a_flow_runs_here_though_metaflow_is_installed(tmp_path: Path, genuine: Path) -> None:
    (tmp_path / "f.py").write_text(FLOW)
    command = [sys.executable, "-m", "airflow_provider_flows", "f.py", "run", "--datastore-root", "store"]
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}:{genuine}"}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    ours = [f"airflow_provider_flows.{module}" for module in ("flow.flowspec", "client.run", "errors")]
    assert f"{ours} True" in done.stdout and (tmp_path / "store" / "BesideFlow").is_dir()


@pytest.mark.parametrize("before", ["", "import metaflow.cards", "import airflow_provider_flows.flow.loading"])
def test_importing_as_metaflow_is_asking_for_good(genuine: Path, before: str) -> None:
    code = f"""
{before}
import airflow_provider_flows.as_metaflow
from metaflow import FlowSpec, Run
import metaflow.exception
print(*[one.__module__ for one in (FlowSpec, Run, metaflow.exception.MetaflowException)])
"""
    ours = [f"airflow_provider_flows.{module}" for module in ("flow.flowspec", "client.run", "errors")]
    assert run(code, genuine).split() == ours


def test_who_does_not_ask_gets_genuine_metaflow(genuine: Path) -> None:
    code = """
import airflow_provider_flows, airflow_provider_flows.client
from airflow_provider_flows import FlowSpec, step, retry, current, Run
import metaflow, metaflow.cards
print(metaflow.FlowSpec is FlowSpec, hasattr(metaflow, "Deployer"), metaflow.cards.Table.__module__)
"""
    assert run(code, genuine).split() == ["False", "True", "metaflow.plugins.cards.card_modules.components"]


def test_every_name_that_resolves_here_is_one_of_metaflows(metaflow_python: str) -> None:
    code = f"""
import importlib, json, sys
names = json.loads({json.dumps(json.dumps({module: list(names) for module, names in MODULES.items()}))})
modules = {{module: importlib.import_module(module) for module in names}}
print([f"{{module}}.{{name}}" for module in names for name in names[module] if not hasattr(modules[module], name)])
"""
    assert run(code, python=metaflow_python) == "[]"


def test_all_of_metaflows_exceptions_are_there(metaflow_python: str) -> None:
    code = "import metaflow.exception as m; print([n for n, v in vars(m).items() if isinstance(v, type)])"
    theirs = set(json.loads(run(code, python=metaflow_python).replace("'", '"')))
    assert theirs == set(MODULES["metaflow.exception"])


@pytest.mark.parametrize("first", ["import metaflow.exception\n", ""])
def test_genuine_metaflow_is_itself_again_afterwards(tmp_path: Path, metaflow_python: str, first: str) -> None:
    (tmp_path / "f.py").write_text(
        "from metaflow import FlowSpec, step\nclass F(FlowSpec):\n    @step\n    def start(self): pass\n"
    )
    libraries = run("import click, sys; print(sys.path[-1])", python=sys.executable)
    code = f"""{first}
import sys
sys.path.append({libraries!r})
from airflow_provider_flows.flow.loading import load_flow
flow = load_flow({str(tmp_path / "f.py")!r}).flow_class
import metaflow
from metaflow.exception import MetaflowException
print(metaflow.FlowSpec in flow.__mro__, MetaflowException.__module__, hasattr(metaflow, "Deployer"))
"""
    assert run(code, python=metaflow_python).split() == ["False", "metaflow.exception", "True"]


LATE = """
import threading
from metaflow import FlowSpec, step

def asks():
    from metaflow import Run
    import metaflow.exception
    return Run.__module__, metaflow.exception.MetaflowException.__module__

class F(FlowSpec):
    @step
    def start(self): pass
"""


def test_a_flows_code_may_ask_late_and_others_do_not_get_its_answer(tmp_path: Path, genuine: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "f.py").write_text(LATE)
    code = f"""
import sys, threading
from airflow_provider_flows.flow.loading import load_flow
load_flow({str(tmp_path / "flows" / "f.py")!r})
import f
{{}}
thread = threading.Thread(target=lambda: print(*f.asks()))
thread.start()
thread.join()
"""
    ours = ["airflow_provider_flows.client.run", "airflow_provider_flows.errors"]
    assert run(code.format(""), genuine).split() == ours
    stranger = "import metaflow.cards; print(hasattr(metaflow, 'Deployer'))"
    assert run(code.format(stranger), genuine).split()[0] == "True"


def test_an_artifact_s_class_finds_the_name_when_it_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "f.py").write_text(
        FLOW.replace("self.homes = [", "self.kept = Kept()\n        self.homes = [") + "class Kept: pass"
    )
    command = [sys.executable, "-m", "airflow_provider_flows", "f.py", "run", "--datastore-root", "store"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    code = f"""
from airflow_provider_flows.client import Flow, namespace, use_store
use_store({str(tmp_path / "store")!r}); namespace(None)
print(type(Flow("BesideFlow").latest_run["start"].task.data.kept).__name__)
"""
    assert run(code, tmp_path) == "Kept"
