"""The Airflow side: what a compiled DAG imports. Parsing a DAG loads `airflow.sdk` and nothing of the flow."""

from __future__ import annotations

from airflow_provider_flows.operators.asking import ask_airflow
from airflow_provider_flows.operators.callbacks import ImportedCallback
from airflow_provider_flows.operators.compiled import CompiledFlow, compiled_flow
from airflow_provider_flows.operators.fan_out_operator import FlowFanOutOperator
from airflow_provider_flows.operators.step_operator import FlowStepOperator
from airflow_provider_flows.store import settings

__all__ = ["CompiledFlow", "FlowFanOutOperator", "FlowStepOperator", "ImportedCallback", "compiled_flow"]

settings.ask_airflow = ask_airflow
