"""`set_up`: a flow made ready to run its steps in this process, and what every task of it shares. TASK phase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow_provider_flows.context import ExecutionPhase, SystemContext
from airflow_provider_flows.flow.attachments import StepAttachments, attachments_of
from airflow_provider_flows.flow.config import configs_of, read_configs
from airflow_provider_flows.flow.constants import constants_of
from airflow_provider_flows.flow.current import current
from airflow_provider_flows.flow.flowspec import FlowSpec
from airflow_provider_flows.flow.loading import LoadedFlow, load_flow
from airflow_provider_flows.flow.parameters import Parameter, parameters_of
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.parse import build_graph
from airflow_provider_flows.setup.decorators import set_up_decorators
from airflow_provider_flows.setup.flow_setup import FlowSetup
from airflow_provider_flows.setup.info import flow_info
from airflow_provider_flows.store import Store, open_store

FLOW_NAME_ARTIFACT = "name"


@dataclass(frozen=True)
class FlowRuntime:
    """A flow, its graph and its initialised decorators, in one run of one store.

    `configs` are the values of its configurations by name; `current_names` are what flow decorators add to `current`.
    """

    setup: FlowSetup
    loaded: LoadedFlow
    graph: FlowGraph
    context: SystemContext
    store: Store
    configs: Mapping[str, Any]
    current_names: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.graph.name

    @property
    def run_id(self) -> str:
        return self.setup.run_id

    @property
    def flow_class(self) -> type[FlowSpec]:
        return self.loaded.flow_class

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

    def step(self, name: str) -> StepAttachments:
        """Return what is attached to a step."""
        return attachments_of(getattr(self.flow_class, name))


def set_up(
    setup: FlowSetup,
    *,
    loaded: LoadedFlow | None = None,
    store: Store | None = None,
    phase: ExecutionPhase = ExecutionPhase.TASK,
) -> FlowRuntime:
    """Return the runtime of a flow; InvalidFlow when a decorator rejects its step.

    The file is loaded and the store opened, unless this process has done so: then it hands them in. The phase is
    TRAMPOLINE where the step that is to run will run in another interpreter.
    """
    loaded = loaded or load_flow(setup.file, setup.name, setup.paths)
    store = store or open_store(setup.root)
    graph = build_graph(loaded.flow_class)
    configs = read_configs(loaded.flow_class, loaded.folder) if setup.configs is None else setup.configs
    with current._apart() as names:
        context = set_up_decorators(
            loaded.flow_class,
            graph,
            phase,
            setup.decorators,
            setup.options,
            configs,
            environment=setup.environment,
            flow_datastore=store,
            run_id=setup.run_id,
        )
    return FlowRuntime(setup, loaded, graph, context, store, configs, names)
