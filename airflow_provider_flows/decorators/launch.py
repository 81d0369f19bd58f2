"""Set a flow up to be compiled, checked or run from here: graph, configurations, decorators. LAUNCH phase.

Everything that is wrong with the graph and with the decorators is reported together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Iterator, Mapping, Sequence

from airflow_provider_flows.context import ExecutionPhase, SystemContext
from airflow_provider_flows.decorators.setup import set_up_decorators
from airflow_provider_flows.decorators.specs import given_specs
from airflow_provider_flows.errors import FlowsError, InvalidFlow, Problem
from airflow_provider_flows.flow.config import read_configs
from airflow_provider_flows.flow.current import current
from airflow_provider_flows.flow.flowspec import steps_of
from airflow_provider_flows.flow.loading import LoadedFlow
from airflow_provider_flows.flow.parameters import parameter_problems
from airflow_provider_flows.graph.model import FlowGraph
from airflow_provider_flows.graph.parse import build_graph
from airflow_provider_flows.graph.rules import check_graph

TargetRule = Callable[[FlowGraph], Iterator[Problem]]


@dataclass(frozen=True)
class LaunchOptions:
    """What a command line may say about a flow's decorators and configurations."""

    decorators: Sequence[str] = ()
    config_paths: Mapping[str, str] = field(default_factory=dict)
    config_values: Mapping[str, str] = field(default_factory=dict)
    branch: str | None = None
    production: bool = False

    @property
    def for_flow_decorators(self) -> dict[str, Any]:
        """The options that flow decorators are given in `flow_init`, in every phase."""
        return {"branch": self.branch, "production": self.production}


@dataclass(frozen=True)
class LaunchedFlow:
    """A valid flow, set up in this process: `steps` are its step functions by name, `specs` the decorator strings."""

    loaded: LoadedFlow
    graph: FlowGraph
    context: SystemContext
    configs: Mapping[str, Any]
    specs: tuple[str, ...]
    options: LaunchOptions

    @property
    def steps(self) -> dict[str, Any]:
        return {step.name: step for step in steps_of(self.loaded.flow_class)}


def launch(
    loaded: LoadedFlow,
    options: LaunchOptions | None = None,
    rules: Iterable[TargetRule] = (),
    configs: Mapping[str, Any] | None = None,
    **fields: Any,
) -> LaunchedFlow:
    """Check the flow and initialise its decorators; `rules` are those of the target, `fields` those of the context.

    `configs` are values of configurations by name that are known already, from a run that is resumed. InvalidFlow names
    all that is wrong, in source order.
    """
    options = options or LaunchOptions()
    graph = build_graph(loaded.flow_class)
    problems = [*check_graph(graph, rules), *parameter_problems(loaded.flow_class)]
    specs = given_specs(options.decorators)
    try:
        values = read_configs(loaded.flow_class, loaded.folder, options.config_paths, options.config_values, configs)
        with current._apart():
            context = set_up_decorators(
                loaded.flow_class, graph, ExecutionPhase.LAUNCH, specs, options.for_flow_decorators, values, **fields
            )
    except InvalidFlow as error:
        raise InvalidFlow(_in_order([*problems, *error.problems])) from None
    except FlowsError as error:
        if not problems:
            raise
        raise InvalidFlow(_in_order([*problems, Problem(str(error))])) from None
    if problems:
        raise InvalidFlow(_in_order(problems))
    return LaunchedFlow(loaded, graph, context, values, specs, options)


def _in_order(problems: list[Problem]) -> list[Problem]:
    files = list(dict.fromkeys(problem.file for problem in problems))
    return sorted(dict.fromkeys(problems), key=lambda it: (files.index(it.file), it.line or 0, it.column))
