"""`FlowFanOutOperator`: turns the splits of a foreach inside a foreach into one list to map over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow_provider_flows.operators.callbacks import with_imported_callbacks
from airflow_provider_flows.operators.compiled import CompiledFlow

if TYPE_CHECKING:
    from airflow.sdk import Context


class FlowFanOutOperator(BaseOperator):
    """Flatten the splits of all tasks of foreach step `step`, since Airflow cannot map inside a mapped group.

    Runs no user code. The list's order, and so the meaning of each map index, is recorded in the flow's store.
    """

    ui_color = "#eff6ff"
    custom_operator_name = "Flow fan-out"

    def __init__(self, *, flow: CompiledFlow, step: str, **kwargs: Any) -> None:
        kwargs.setdefault("retries", 0)
        kwargs.setdefault("retry_delay", timedelta(0))
        super().__init__(**with_imported_callbacks(kwargs))
        self.flow = flow
        self.step = step

    def execute(self, context: Context) -> list[int]:
        """Return one index for each split; AirflowFailException when a task of the foreach left none."""
        from airflow_provider_flows.operators.execution import execute_fan_out  # loads the core, in the worker only

        return execute_fan_out(self, context)
