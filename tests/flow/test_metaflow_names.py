"""`import metaflow` in a flow file means this package: what there is resolves, and what there is not says so."""

from __future__ import annotations

from pathlib import Path

import airflow_provider_flows as flows
import pytest
from airflow_provider_flows.errors import InvalidFlow
from airflow_provider_flows.metaflow_compat import metaflow_names

from tests.support.runner import run_flow

MODULES_OF_THE_SAME_NAME = {"system_context"}


def test_every_name_of_the_package_can_be_had_from_metaflow() -> None:
    names = set(flows.__all__) - MODULES_OF_THE_SAME_NAME
    with metaflow_names():
        import metaflow

        assert {name for name in names if getattr(metaflow, name) is not getattr(flows, name)} == set()


@pytest.mark.parametrize(
    "statement",
    [
        "from metaflow import FlowSpec, step, Parameter, JSONType, IncludeFile, current",
        "from metaflow import retry, catch, timeout, resources, environment, schedule, project, parallel",
        "from metaflow import Config, config_expr, FlowMutator, StepMutator, user_step_decorator, USER_SKIP_STEP",
        "from metaflow import Flow, Run, Step, Task, Metaflow, namespace, get_namespace, default_namespace",
        "from metaflow import parallel_map, parallel_imap_unordered, profile",
        "from metaflow import exception, plugins, client",
        "from metaflow import *\nFlowSpec, step, current, parallel_map, retry",
        "import metaflow\nmetaflow.FlowSpec, metaflow.JSONType, metaflow.exception.MetaflowException",
        "import metaflow as mf\nmf.step, mf.plugins.retry_decorator.RetryDecorator",
        "import metaflow.exception\nmetaflow.exception.MetaflowException",
        "from metaflow.exception import MetaflowException, MetaflowExceptionWrapper, MetaflowNotFound",
        "from metaflow.exception import MetaflowTaggingError, ParameterFieldTypeMismatch, CommandException",
        "from metaflow.client import Flow, Run, DataArtifact",
        "from metaflow.client.core import Run, MetaflowData, MetaflowCode, MetaflowObject, Metadata",
        "from metaflow.datastore.exceptions import UnpicklableArtifactException, DataException",
        "from metaflow.parameters import JSONType, Parameter, ParameterContext",
        "from metaflow.flowspec import FlowSpec, InvalidNextException, Inputs",
        "from metaflow import get_metadata, metadata, default_metadata",
        "from metaflow import metaflow_version\nmetaflow_version.get_version(public=True)",
        "from metaflow.client.core import get_metadata\nfrom metaflow.client import metadata",
        "from metaflow.exception import MetaflowInternalError, MetaflowUnknownUser, ExternalCommandFailed",
        "from metaflow import metaflow_config\nmetaflow_config.DATASTORE_SYSROOT_S3, metaflow_config.USER",
        "from metaflow.includefile import IncludeFile",
        "from metaflow.lint import LintWarn",
        "from metaflow.metaflow_current import current, Current, Parallel",
        "from metaflow.metaflow_profile import profile",
        "from metaflow.multicore_utils import parallel_map, MulticoreException",
        "from metaflow.plugins.catch_decorator import CatchDecorator, FailureHandledByCatch",
        "from metaflow.plugins.timeout_decorator import TimeoutDecorator, TimeoutException",
        "from metaflow.plugins.parallel_decorator import ParallelDecorator",
        "from metaflow.decorators import StepDecorator, FlowDecorator, BadStepDecoratorException",
        "from metaflow.system_context import system_context, ExecutionPhase",
        "from metaflow.cards import Markdown, MetaflowCard, MetaflowCardComponent, Table, get_cards",
        "from metaflow.plugins.cards.card_modules.card import MetaflowCard, MetaflowCardComponent",
        "from metaflow.plugins.cards.card_modules.components import Artifact, Image, VegaChart",
        "from metaflow.plugins.cards.card_modules.basic import BlankCard, DefaultCard, PageComponent",
        "from metaflow.user_configs.config_parameters import Config, ConfigValue, config_expr",
        "from metaflow.user_decorators.user_step_decorator import UserStepDecorator, StepMutator",
        "from metaflow.user_decorators.user_flow_decorator import FlowMutator",
        "from metaflow.user_decorators.mutable_flow import MutableFlow",
    ],
)
def test_documented_names_can_be_imported(statement: str) -> None:
    with metaflow_names():
        exec(statement, {})


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("from metaflow import nonsense", "metaflow.nonsense is not supported here; https://"),
        ("from metaflow.exception import Nonsense", "metaflow.exception.Nonsense is not supported here; https"),
        ("from metaflow import S3", r"metaflow.S3 is not supported here. Use boto3, s3fs or fsspec; https://"),
        ("from metaflow import FlowSpec, Runner", "metaflow.Runner is not supported here. Run a flow with `flows "),
        ("from metaflow import Deployer", "metaflow.Deployer is not supported here. Deploy a flow with flows-compile"),
        ("from metaflow import runner", "metaflow.runner is not supported here; https://"),
        ("import metaflow.runner", "metaflow.runner is not supported here; https://"),
        ("from metaflow.cards import Nonsense", "metaflow.cards.Nonsense is not supported here; https://"),
        (
            "from metaflow.metaflow_config import DATATOOLS_S3ROOT",
            "DATATOOLS_S3ROOT is not supported here. Settings are FLO",
        ),
        ("from metaflow.plugins.aws import batch", "metaflow.plugins.aws is not supported here"),
        ("from metaflow import store", "metaflow.store is not supported here"),
        ("from metaflow import import_module", "metaflow.import_module is not supported here"),
    ],
)
def test_other_names_are_import_errors_that_name_the_page(statement: str, words: str) -> None:
    import airflow_provider_flows.store  # noqa: F401  (a room of ours is no name of Metaflow's)

    with metaflow_names(), pytest.raises(ImportError, match=words):
        exec(statement, {})


def test_a_module_can_be_asked_for_names_that_are_not_there() -> None:
    with metaflow_names():
        import metaflow

        assert not hasattr(metaflow, "Runner") and getattr(metaflow, "S3", None) is None
        with pytest.raises(AttributeError, match=r"metaflow.Runner is not supported here.*docs/differences.md#names"):
            _ = metaflow.Runner


def test_a_flow_can_do_without_a_name() -> None:
    with metaflow_names():
        names: dict[str, object] = {}
        exec("try: from metaflow import nonsense\nexcept ImportError: nonsense = None", names)
    assert names["nonsense"] is None


def test_a_decorator_that_we_do_not_have_is_rejected_where_it_is_used() -> None:
    with metaflow_names(), pytest.raises(InvalidFlow, match="@slurm is not supported here"):
        exec("from metaflow import *\n@slurm(cpu=2)\ndef start(self): pass", {})


def test_the_version_is_the_dialects_and_ours() -> None:
    with metaflow_names():
        import metaflow

        assert metaflow.__version__ == f"2.19+flows.{flows.__version__}"


def test_a_module_that_was_imported_in_the_block_works_after_it() -> None:
    with metaflow_names():
        import metaflow as first
    assert first.exception.MetaflowException is first.plugins.catch_decorator.FailureHandledByCatch.__mro__[1]
    with metaflow_names():
        import metaflow as second
    assert second is first


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


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("metaflow.plugins.timeout_decorator", "TimeoutException"),
        ("metaflow.plugins.catch_decorator", "FailureHandledByCatch"),
        ("metaflow.exception", "MetaflowException"),
        ("metaflow.exception", "MetaflowInternalError"),
        ("metaflow.exception", "InvalidDecoratorAttribute"),
        ("metaflow.flowspec", "InvalidNextException"),
        ("builtins", "ValueError"),
        ("zipfile", "BadZipFile"),
    ],
)
def test_exceptions_are_recorded_under_the_names_that_flows_compare(tmp_path: Path, module: str, name: str) -> None:
    source = f"""
    from metaflow import FlowSpec, catch, step
    from {module} import {name}
    class F(FlowSpec):
        @catch(var="failure", print_exception=False)
        @step
        def start(self):
            raise {name}("words")
            self.next(self.end)
        @step
        def end(self):
            self.kind = self.failure.type
    """
    run = run_flow(tmp_path, source)
    assert run("end", "kind") == run.record("start").exception["type"] == f"{module}.{name}"
