"""`FlowStepOperator`: a step of a flow as an Airflow task. Made by parsing a DAG; `execute()` runs in the worker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow_provider_flows.operators.callbacks import with_imported_callbacks
from airflow_provider_flows.operators.compiled import CompiledFlow
from airflow_provider_flows.operators.links import FlowRunLink
from airflow_provider_flows.operators.older_airflow import rule_here

if TYPE_CHECKING:
    from airflow.sdk import Context


class FlowStepOperator(BaseOperator):
    """Run the step that is named as the task is, with the whole life cycle of its decorators.

    What it reads and leaves is in the flow's store; XCom carries only how many splits a foreach has. `environment` is
    set in the task's process before the flow is imported. `step_resources` is what `@resources` asks for, by name; it
    changes nothing by itself, and cluster policies read it. A task retries as `@retry` says, so never by Airflow's
    default.
    """

    ui_color = "#dbeafe"
    custom_operator_name = "Flow step"

    def __init__(
        self,
        *,
        flow: CompiledFlow,
        environment: Mapping[str, str] | None = None,
        step_resources: Mapping[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("retries", 0)
        kwargs.setdefault("retry_delay", timedelta(0))
        if "trigger_rule" in kwargs:
            kwargs["trigger_rule"] = rule_here(kwargs["trigger_rule"])
        super().__init__(**with_imported_callbacks(kwargs))
        self.flow = flow
        self.environment = environment
        self.step_resources = dict(step_resources or {})
        self.records_url: str | None = None
        if flow.has_pages:
            self.operator_extra_links = (FlowRunLink(),)

    def execute(self, context: Context) -> list[int] | None:
        """Return the list of a foreach's split indices, to be mapped over; None for all other steps.

        Raises StepFailed from the step's own exception, AirflowFailException when inputs are missing, and
        AirflowSkipException when a switch before this step chose another branch.
        """
        from airflow_provider_flows.operators.execution import execute_step  # loads the core, in the worker only

        return execute_step(self, context)
