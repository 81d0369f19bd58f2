"""The decorators that come with the package, one file each. `STEP` and `FLOW` are how strings find them by name."""

from __future__ import annotations

from airflow_provider_flows.decorators.base import FlowDecorator, StepDecorator
from airflow_provider_flows.decorators.stock.catch import CatchDecorator
from airflow_provider_flows.decorators.stock.environment import EnvironmentDecorator
from airflow_provider_flows.decorators.stock.parallel import ParallelDecorator
from airflow_provider_flows.decorators.stock.project import ProjectDecorator
from airflow_provider_flows.decorators.stock.resources import ResourcesDecorator
from airflow_provider_flows.decorators.stock.retry import RetryDecorator
from airflow_provider_flows.decorators.stock.schedule import ScheduleDecorator
from airflow_provider_flows.decorators.stock.timeout import TimeoutDecorator

_STEP_CLASSES: tuple[type[StepDecorator], ...] = (
    CatchDecorator,
    EnvironmentDecorator,
    ParallelDecorator,
    ResourcesDecorator,
    RetryDecorator,
    TimeoutDecorator,
)
_FLOW_CLASSES: tuple[type[FlowDecorator], ...] = (ProjectDecorator, ScheduleDecorator)

STEP: dict[str, type[StepDecorator]] = {cls.name: cls for cls in _STEP_CLASSES}
FLOW: dict[str, type[FlowDecorator]] = {cls.name: cls for cls in _FLOW_CLASSES}
