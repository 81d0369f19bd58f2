"""A flow set up in this process, in one run: what every task of it shares. TASK phase."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping

from airflow_provider_flows.context import ExecutionPhase, SystemContext
from airflow_provider_flows.decorators.info import flow_info
from airflow_provider_flows.decorators.setup import set_up_decorators
from airflow_provider_flows.flow.config import configs_of, read_configs
from airflow_provider_flows.flow.constants import constants_of
from airflow_provider_flows.flow.current import current
from airflow_provider_flows.flow.flowspec import FlowSpec
from airflow_provider_flows.flow.loading import LoadedFlow
from airflow_provider_flows.flow.parameters import Parameter, parameters_of
from airflow_provider_flows.graph.model import FlowGraph
from airflow_provider_flows.graph.parse import build_graph
from airflow_provider_flows.store import Store
from airflow_provider_flows.task.model import Origin

FLOW_NAME_ARTIFACT = "name"


@dataclass(frozen=True)
class FlowRuntime:
    """A flow, its graph and its initialised decorators, in one run of one store.

    `code` is the digest of the sources that its tasks run. `metadata` goes into each attempt's record,
    `current_names` are what flow decorators add to `current`; `origin` is the run that a resumed one goes on from.
    """

    flow_class: type[FlowSpec]
    graph: FlowGraph
    context: SystemContext
    store: Store
    run_id: str
    folder: Path
    code: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    username: str | None = None
    namespace: str | None = None
    tags: tuple[str, ...] = ()
    configs: Mapping[str, Any] = field(default_factory=dict)
    current_names: Mapping[str, Any] = field(default_factory=dict)
    origin: Origin | None = None
    file_roots: tuple[Path, ...] | None = None
    """The folders below which an IncludeFile may read; None where whoever gives a path may read any file."""

    @property
    def name(self) -> str:
        return self.graph.name

    @property
    def parameters(self) -> dict[str, Parameter]:
        return parameters_of(self.flow_class)

    @property
    def constants(self) -> dict[str, Any]:
        return constants_of(self.flow_class, FlowSpec)

    @property
    def flow_level_names(self) -> frozenset[str]:
        """The artifacts that belong to the flow, not to a step: joins inherit them, nobody can change them."""
        return frozenset({*self.parameters, *self.constants, *configs_of(self.flow_class), FLOW_NAME_ARTIFACT})

    @property
    def config_values(self) -> dict[str, Any]:
        """The values of the flow's configurations, by attribute."""
        return {attribute: self.configs.get(config._name) for attribute, config in configs_of(self.flow_class).items()}

    def graph_info(self) -> dict[str, object]:
        """Return what `current.graph` and the artifact `_graph_info` say of the flow."""
        return flow_info(self.flow_class, self.graph)

    def step_function(self, step: str) -> Any:
        return getattr(self.flow_class, step)


def set_up(
    loaded: LoadedFlow,
    store: Store,
    run_id: str,
    *,
    specs: tuple[str, ...] = (),
    options: Mapping[str, Any] | None = None,
    configs: Mapping[str, Any] | None = None,
    environment: str = "airflow",
    **more: Any,
) -> FlowRuntime:
    """Return the runtime of a loaded flow; InvalidFlow when a decorator refuses its step.

    `configs` are the values that were frozen when the flow was deployed; without them they are read from their
    defaults. `environment` is what decorators are told of where steps run: `airflow` or `local`.
    """
    graph = build_graph(loaded.flow_class)
    values = read_configs(loaded.flow_class, loaded.folder) if configs is None else configs
    with current._apart() as names:
        context = set_up_decorators(
            loaded.flow_class,
            graph,
            ExecutionPhase.TASK,
            specs,
            options,
            values,
            environment=environment,
            flow_datastore=store,
            run_id=run_id,
        )
    more.update(configs=values, current_names=names)
    return FlowRuntime(loaded.flow_class, graph, context, store, run_id, loaded.folder, **more)
