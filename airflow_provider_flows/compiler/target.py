"""What Airflow cannot do, as rules beside the flow language's own. LAUNCH phase."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from airflow_provider_flows.compiler.params import param_plan
from airflow_provider_flows.errors import ParameterError, Problem, UsageError
from airflow_provider_flows.flow.parameters import Parameter
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.wording import suggest
from airflow_provider_flows.pages import page

PAGE = page("docs/differences.md#num_parallel")


@dataclass(frozen=True)
class AirflowTarget:
    """Airflow, to which a flow is deployed with other defaults of parameters, `--param`, by name."""

    defaults: Mapping[str, str] = field(default_factory=dict)

    def graph_problems(self, graph: FlowGraph) -> Iterator[Problem]:
        """Yield what Airflow cannot do of a graph."""
        yield from _parallel_groups(graph)

    def parameter_problems(self, parameters: Mapping[str, Parameter], folder: Path) -> Iterator[Problem]:
        """Yield what no Param of a DAG can be; UsageError for a `--param` of another name."""
        for parameter in self.deployed(parameters).values():
            try:
                param_plan(parameter)
                _check_travels(parameter, folder)
            except ParameterError as error:
                yield from error.as_problems() if error.problem else parameter.wrong(str(error)).as_problems()

    def deployed(self, parameters: Mapping[str, Parameter]) -> dict[str, Parameter]:
        """Return the parameters by name, with the defaults of this deployment."""
        found = {parameter.name: parameter for parameter in parameters.values()}
        for name, text in self.defaults.items():
            if name not in found:
                raise UsageError(
                    f"--param {name}=…: the flow has no parameter {name!r}. "
                    f"{suggest(name, found) or ''} It has: {', '.join(found) or 'none'}."
                )
            found[name] = found[name].with_typed_default(text)
        return found


def _parallel_groups(graph: FlowGraph) -> Iterator[Problem]:
    """A parallel group of tasks that must run at once cannot be promised by a scheduler that starts them one by one."""
    for node in graph:
        if node.parallel_foreach and node.tail is not None:
            yield node.tail.problem(
                f"step {node.name!r} uses num_parallel, which Airflow cannot do: its tasks do not start together.",
                f"Use foreach= where the tasks need not run at the same time. See {PAGE}",
            )


def _check_travels(parameter: Parameter, folder: Path) -> None:
    """ParameterError when a file that the default stands for does not travel with the flow."""
    for place, file in parameter.files(folder).items():
        message = parameter.wrong_default(folder)
        if message is not None:  # that of the flow was looked at; here is the one of `--param`, too
            raise parameter.wrong(message)
        if place.split(os.sep)[0] == os.pardir or (
            not file.is_relative_to(folder) and os.path.isabs(parameter.default)
        ):
            raise parameter.wrong(
                f"the file {parameter.default!r} lies outside of the flow's folder, and would not travel with it. "
                f"Move it, or a copy of it, to {folder}."
            )
