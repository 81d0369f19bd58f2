"""What a local run is, before it starts. LAUNCH phase; data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow_provider_flows.context import SystemContext
from airflow_provider_flows.decorators.stock.retry import RetryDecorator
from airflow_provider_flows.graph.model import FlowGraph
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.local.progress import Task
from airflow_provider_flows.store import Store
from airflow_provider_flows.task.logs import MAX_LOG_SIZE
from airflow_provider_flows.task.model import Origin


@dataclass(frozen=True)
class LocalRun:
    """A flow that is about to run: set up in this process, with what its steps need to know.

    Retries start at once, unless `honor_retry_delay` says that they wait as @retry asks.
    """

    graph: FlowGraph
    steps: Mapping[str, Any]
    context: SystemContext
    store: Store
    run_id: str
    parameters: Mapping[str, Any]
    max_workers: int = 16
    max_num_splits: int = 100
    max_log_size: int = MAX_LOG_SIZE
    origin: Origin | None = None
    honor_retry_delay: bool = False

    def address(self, task: Task) -> TaskAddress:
        return TaskAddress(self.graph.name, self.run_id, task.step, task.id)

    def retry_delay(self, step: str) -> float:
        """Return the seconds between a failure of the step's code and its next attempt."""
        delays = [each.delay for each in self.steps[step].decorators if isinstance(each, RetryDecorator)]
        return delays[0].total_seconds() if delays and self.honor_retry_delay else 0.0
