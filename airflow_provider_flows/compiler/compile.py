"""`compile_flow`: a flow file in, the plan and the text of its DAG out. LAUNCH phase; touches no disk but to read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from airflow_provider_flows.compiler.asked import asked_of_dag
from airflow_provider_flows.compiler.dag_plan import DagPlan, ParamPlan
from airflow_provider_flows.compiler.deployment import make_deployment
from airflow_provider_flows.compiler.emit import contents, emit
from airflow_provider_flows.compiler.flow_code import check_flow_options, flow_code, package_of, users_branch
from airflow_provider_flows.compiler.options import CompileOptions
from airflow_provider_flows.compiler.params import param_plan
from airflow_provider_flows.compiler.planner import Deployment, make_plan
from airflow_provider_flows.compiler.target import AirflowTarget
from airflow_provider_flows.context import entered
from airflow_provider_flows.decorators.attach import flow_decorators_of
from airflow_provider_flows.errors import FlowsError, Problem, UsageError
from airflow_provider_flows.flow.loading import LoadedFlow, read_flow
from airflow_provider_flows.flow.parameters import Parameter
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.packaging.package import Package
from airflow_provider_flows.packaging.taken import code_of
from airflow_provider_flows.setup.launch import LaunchedFlow, launch


@dataclass(frozen=True)
class Compiled:
    """A compiled flow: its graph, its plan, the text of the DAG file, and the code that travels in it.

    `users_branch` is the branch of a flow with `@project` when nothing but the name of who compiles it says which.
    """

    graph: FlowGraph
    plan: DagPlan
    text: str
    package: Package
    users_branch: str | None = None


def compile_flow(options: CompileOptions) -> Compiled:
    """Return the compiled flow; InvalidFlow, FlowNotLoadable, ParameterError or UsageError when it cannot be done."""
    launched = _launched(options)
    package, plan = _plan(launched, options)
    with _spelled(launched.loaded):
        text = emit(plan)
    branch = None if options.launch.user else users_branch(launched.loaded)
    return Compiled(launched.graph, plan, text, package, branch)


def rejections(launched: LaunchedFlow, options: CompileOptions) -> Sequence[Problem]:
    """Return why a flow that is valid could not be compiled: what Airflow cannot do of it."""
    target = AirflowTarget(options.params)
    problems = [*target.graph_problems(launched.graph)]
    problems += target.parameter_problems(launched.parameters, launched.loaded.folder)
    if problems:
        return problems
    try:
        _, plan = _plan(launched, options)
        with _spelled(launched.loaded):
            contents(plan)
    except FlowsError as error:
        return error.as_problems()
    return ()


def flow_package(options: CompileOptions) -> Package:
    """Return what travels with the flow; raises as `compile_flow` does."""
    launched = _launched(options)
    return package_of(launched, AirflowTarget(options.params).deployed(launched.parameters), options.package)


def _launched(options: CompileOptions) -> LaunchedFlow:
    loaded = read_flow(options.file, options.class_name)
    target = AirflowTarget(options.params)
    code = code_of(loaded)
    return launch(loaded, options.launch, target, given=options.params, code=code, environment="airflow")


def _plan(launched: LaunchedFlow, options: CompileOptions) -> tuple[Package, DagPlan]:
    with entered(launched.context):
        check_flow_options(launched.loaded, options)
        decided = () if options.schedule is None else ("schedule",)
        asked = asked_of_dag(flow_decorators_of(launched.loaded.flow_class), decided)
        deployment = make_deployment(options, launched.graph, asked)
        parameters = AirflowTarget(options.params).deployed(launched.parameters)
        params = _params(parameters, deployment)
        package = package_of(launched, parameters, options.package)
        code = flow_code(launched, options, package)
        return package, make_plan(launched.graph, launched.steps, code, params, deployment)


@contextlib.contextmanager
def _spelled(loaded: LoadedFlow) -> Iterator[None]:
    """UsageError for what the block finds to be nothing that a DAG file can say."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"{loaded.file.name}: {error}. Give values that a Python literal can say, or a timedelta."
        ) from error


def _params(parameters: Mapping[str, Parameter], deployment: Deployment) -> tuple[ParamPlan, ...]:
    plans = tuple(map(param_plan, parameters.values()))
    required = [plan.name for plan in plans if plan.required]
    if required and deployment.dag_arguments.get("schedule") is not None:
        raise UsageError(
            f"parameter {required[0]!r} is required, and a scheduled run cannot prompt for it. "
            f"Give it a default with --param {required[0]}=VALUE, or leave out the schedule with --schedule none."
        )
    return plans
