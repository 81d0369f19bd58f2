"""`import metaflow` in a flow file means this package, and genuine Metaflow is itself again afterwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import airflow_provider_flows as flows
import pytest
from airflow_provider_flows.as_metaflow import metaflow_names

from tests.support.runner import run_flow

ROOT = Path(__file__).parents[2]


def run(code: str, *path: str | Path, python: str = sys.executable) -> str:
    done = subprocess.run(
        [python, "-c", code], env={"PYTHONPATH": ":".join(map(str, (ROOT, *path)))}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_name_of_the_package_can_be_had_from_metaflow() -> None:
    with metaflow_names():
        import metaflow

        assert {name for name in flows.__all__ if getattr(metaflow, name) is not getattr(flows, name)} == set()


@pytest.mark.parametrize(
    "statement",
    [
        "from metaflow import FlowSpec, step, Parameter, JSONType, IncludeFile, current",
        "from metaflow import retry, catch, timeout, resources, environment, schedule, project",
        "from metaflow import Flow, Run, Step, Task, Metaflow, namespace, get_namespace",
        "from metaflow import *\nFlowSpec, step, current",
        "import metaflow\nmetaflow.FlowSpec, metaflow.JSONType",
        "import metaflow as mf\nmf.step",
        "import metaflow.exception\nmetaflow.exception.MetaflowException",
        "from metaflow.exception import MetaflowException, MetaflowExceptionWrapper, MetaflowNotFound",
        "from metaflow.client import Flow, Run, DataArtifact",
        "from metaflow.client.core import Run",
        "from metaflow.parameters import JSONType, Parameter",
        "from metaflow.flowspec import FlowSpec",
        "from metaflow.includefile import IncludeFile",
        "from metaflow.metaflow_current import current",
        "from metaflow.plugins.catch_decorator import FailureHandledByCatch",
        "from metaflow.plugins.timeout_decorator import TimeoutException",
        "from metaflow.decorators import StepDecorator, FlowDecorator",
        "from metaflow.system_context import system_context",
    ],
)
def test_documented_modules_can_be_imported(statement: str) -> None:
    with metaflow_names():
        exec(statement, {})


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("from metaflow import nonsense", "metaflow.nonsense is not supported here; docs/differences.md#names"),
        ("from metaflow.exception import Nonsense", "metaflow.exception.Nonsense is not supported here"),
        ("import metaflow.cards", "metaflow.cards is not supported here"),
        ("from metaflow.plugins.aws import batch", "metaflow.plugins.aws is not supported here"),
        ("import metaflow\nmetaflow.Nonsense", "metaflow.Nonsense is not supported here"),
    ],
)
def test_unknown_names_are_import_errors_that_name_the_page(statement: str, words: str) -> None:
    with metaflow_names(), pytest.raises(ImportError, match=words):
        exec(statement, {})


def test_a_flow_can_do_without_a_name() -> None:
    with metaflow_names():
        names: dict[str, object] = {}
        exec("try: from metaflow import nonsense\nexcept ImportError: nonsense = None", names)
    assert names["nonsense"] is None


def test_exceptions_are_the_ones_that_are_raised(tmp_path: Path) -> None:
    source = """
    from metaflow import FlowSpec, step
    from metaflow.exception import MetaflowException, UnhandledInMergeArtifactsException

    class F(FlowSpec):
        @step
        def start(self): self.next(self.a, self.b)
        @step
        def a(self):
            self.v = 1
            self.next(self.join)
        @step
        def b(self):
            self.v = 2
            self.next(self.join)
        @step
        def join(self, inputs):
            try: self.merge_artifacts(inputs)
            except UnhandledInMergeArtifactsException as error:
                self.got = (isinstance(error, MetaflowException), error.artifact_names)
            self.next(self.end)
        @step
        def end(self): pass
    """
    assert run_flow(tmp_path, source)("end", "got") == (True, ["v"])


def test_steps_may_import_metaflow_when_they_run(tmp_path: Path) -> None:
    source = """
    import metaflow
    class F(metaflow.FlowSpec):
        @metaflow.step
        def start(self):
            from metaflow import current
            from metaflow.exception import MetaflowException
            self.got = current.step_name
    """
    assert run_flow(tmp_path, source)("start", "got") == "start"


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
