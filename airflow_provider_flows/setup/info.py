"""What `current.graph` and a run's record say of a flow: its graph, decorators, parameters and constants. Any phase.

The keys are those of Metaflow 2.19's artifact `_graph_info`.
"""

from __future__ import annotations

import json

from airflow_provider_flows.decorators.attach import flow_decorators_of
from airflow_provider_flows.decorators.written import Written
from airflow_provider_flows.flow.config import configs_of
from airflow_provider_flows.flow.constants import constants_of
from airflow_provider_flows.flow.flowspec import FlowSpec, attached_steps
from airflow_provider_flows.flow.parameters import parameters_of
from airflow_provider_flows.graph.flow_graph import FlowGraph
from airflow_provider_flows.graph.info import graph_info
from airflow_provider_flows.text import as_text


def flow_info(flow_class: type[FlowSpec], graph: FlowGraph) -> dict[str, object]:
    """Return what is to be known of a flow that is set up, as plain data; text where a value is not."""
    decorators = {
        step.name: [*map(_describe, (*step.decorators, *step.wrappers))] for step in attached_steps(flow_class)
    }
    parameters = {**parameters_of(flow_class), **configs_of(flow_class)}
    return {
        **graph_info(graph, decorators),
        "parameters": [{"name": name, "type": type(each).__name__} for name, each in sorted(parameters.items())],
        "constants": [
            {"name": name, "type": type(value).__name__}
            for name, value in sorted(constants_of(flow_class, FlowSpec).items())
        ],
        "decorators": [_describe(decorator) for decorator in flow_decorators_of(flow_class)],
        "extensions": {},
    }


def _describe(decorator: Written) -> dict[str, object]:
    return {
        "name": decorator._flows_spec.name,
        "attributes": {key: _plain(value) for key, value in decorator._flows_described.items()},
        "statically_defined": decorator.statically_defined,
        "inserted_by": decorator.inserted_by or None,
    }


def _plain(value: object) -> object:
    """Return a value as JSON says it, as text where it cannot."""
    try:
        return json.loads(json.dumps(value, default=as_text))
    except (TypeError, ValueError, RecursionError):
        return as_text(value)
