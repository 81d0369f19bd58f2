"""Set a flow up to be compiled, checked or run from here: graph, configurations, decorators. LAUNCH phase.

The one place at which a flow is checked: everything that is wrong with it is reported together.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from airflow_provider_flows.context import ExecutionPhase, SystemContext
from airflow_provider_flows.decorators import builtin
from airflow_provider_flows.decorators.specs import given_specs
from airflow_provider_flows.errors import FlowsError, InvalidFlow, Problem, in_source_order
from airflow_provider_flows.flow.assignments import assignment_problems, hiding_problems, unset_problems
from airflow_provider_flows.flow.attachments import StepAttachments
from airflow_provider_flows.flow.config import read_configs
from airflow_provider_flows.flow.current import current
from airflow_provider_flows.flow.flowspec import attached_steps
from airflow_provider_flows.flow.loading import LoadedFlow
from airflow_provider_flows.flow.parameter_checks import name_problems, resolve_parameters
from airflow_provider_flows.flow.parameters import Parameter
from airflow_provider_flows.flow.user import username
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.parse import build_graph
from airflow_provider_flows.graph.rules import check_graph
from airflow_provider_flows.graph.source import Sources
from airflow_provider_flows.metaflow_compat.missing import may_miss_names, missing_names
from airflow_provider_flows.setup.decorators import set_up_decorators


class Target(Protocol):
    """What a flow is launched for, as far as it cannot do what the flow language can."""

    def graph_problems(self, graph: FlowGraph) -> Iterator[Problem]:
        """Yield what it cannot do of a graph, which may be invalid."""

    def parameter_problems(self, parameters: Mapping[str, Parameter], folder: Path) -> Iterator[Problem]:
        """Yield what it cannot do of the parameters, by attribute, of a flow in `folder`."""


@dataclass(frozen=True)
class LaunchOptions:
    """What a command line may say about a flow's decorators and configurations."""

    decorators: Sequence[str] = ()
    config_paths: Mapping[str, str] = field(default_factory=dict)
    config_values: Mapping[str, str] = field(default_factory=dict)
    branch: str | None = None
    production: bool = False
    user: str | None = None
    """Whose branch `@project` means when neither of the two is given; None: that of the user who launches the flow."""

    @property
    def for_flow_decorators(self) -> dict[str, Any]:
        """The options that flow decorators are given in `flow_init`, in every phase."""
        return {"branch": self.branch, "production": self.production, "user": self.user}


@dataclass(frozen=True)
class LaunchedFlow:
    """A valid flow, set up in this process.

    `steps` are what is attached to its steps, by name, `specs` the decorator strings, `parameters` those of the flow by
    attribute, with their defaults evaluated.
    """

    loaded: LoadedFlow
    graph: FlowGraph
    context: SystemContext
    configs: Mapping[str, Any]
    specs: tuple[str, ...]
    options: LaunchOptions
    parameters: Mapping[str, Parameter]

    @property
    def steps(self) -> dict[str, StepAttachments]:
        return {step.name: step for step in attached_steps(self.loaded.flow_class)}


def launch(
    loaded: LoadedFlow,
    options: LaunchOptions | None = None,
    target: Target | None = None,
    configs: Mapping[str, Any] | None = None,
    given: Collection[str] = (),
    code: Mapping[str, bool] | None = None,
    **fields: Any,
) -> LaunchedFlow:
    """Check the flow and initialise its decorators; `fields` are those of the context.

    `configs` are values of configurations by name that are known already, from a run that is resumed; `given` are names
    of parameters whose own defaults do not matter; `code` are files of the flow's own that may not be loaded yet, and
    whether it cannot do without them. InvalidFlow names all that is wrong, in source order; what is wrong
    with something else than the flow's source, and alone, is raised as it is.
    """
    options, sources = options or LaunchOptions(), Sources()
    graph = build_graph(loaded.flow_class, sources)
    rules = () if target is None else (target.graph_problems,)
    problems = [*loaded.problems, *check_graph(graph, rules), *_source_problems(loaded, code or {}, sources)]
    specs = given_specs(options.decorators)
    errors: list[FlowsError] = []
    with _noted(errors):
        values = read_configs(loaded.flow_class, loaded.folder, options.config_paths, options.config_values, configs)
        with current._apart() as at_hand:  # what functions that give defaults may ask
            at_hand.update(flow_name=graph.name, username=username())
            asked = options.for_flow_decorators
            with _noted(errors):
                context = set_up_decorators(
                    loaded.flow_class, graph, ExecutionPhase.LAUNCH, specs, asked, values, **fields
                )
                problems += _problems_of_names(loaded.flow_class, graph, sources)
            parameters, wrong = resolve_parameters(loaded.flow_class, loaded.folder, given, values)
        problems += wrong
        if target is not None and not wrong:
            problems += target.parameter_problems(parameters, loaded.folder)
    _raise_all(problems, errors)
    return LaunchedFlow(loaded, graph, context, values, specs, options, parameters)


def _source_problems(loaded: LoadedFlow, code: Mapping[str, bool], sources: Sources) -> Iterator[Problem]:
    """Yield what is wrong with the source of the flow and of its own modules, also where it has not run yet."""
    files = dict.fromkeys([str(loaded.file), *(str(module.__file__) for module in loaded.modules)], True)
    for file, is_needed in (*files.items(), *((file, code[file]) for file in code if file not in files)):
        source = sources.of(file) if may_miss_names(file) else None
        found = [*missing_names(source)] if source else []
        if is_needed or not any(missing.at_import for missing in found):  # else nothing of the file is ever run
            yield from (missing.problem for missing in found)
    yield from name_problems(loaded.flow_class)
    yield from hiding_problems(loaded.flow_class, sources)
    yield from assignment_problems(loaded.flow_class, sources)


def _problems_of_names(flow_class: type, graph: FlowGraph, sources: Sources) -> Iterator[Problem]:
    """Yield transitions by artifacts that nothing sets; none where decorators that are not ours may set them."""
    steps = attached_steps(flow_class)
    decorators = [decorator for step in steps for decorator in step.decorators]
    ours = all(type(each) is builtin.STEP.get(each.name) for each in decorators)
    if ours and not any(step.wrappers for step in steps):
        caught = [str(each.attributes.get("var")) for each in decorators]
        yield from unset_problems(flow_class, graph, sources, caught)


@contextlib.contextmanager
def _noted(errors: list[FlowsError]) -> Iterator[None]:
    try:
        yield
    except FlowsError as error:
        errors.append(error)


def _raise_all(problems: list[Problem], errors: list[FlowsError]) -> None:
    if len(errors) == 1 and not problems:
        raise errors[0]
    if errors or problems:
        raise InvalidFlow(in_source_order([*problems, *(each for error in errors for each in error.as_problems())]))
