"""The decorators that come with the package, one file each. `STEP` and `FLOW` are how strings find them by name."""

from __future__ import annotations

from airflow_provider_flows.decorators.base import FlowDecorator, StepDecorator
from airflow_provider_flows.decorators.builtin.batch import BatchDecorator
from airflow_provider_flows.decorators.builtin.card import CardDecorator
from airflow_provider_flows.decorators.builtin.catch import CatchDecorator
from airflow_provider_flows.decorators.builtin.conda import CondaBaseDecorator, CondaDecorator
from airflow_provider_flows.decorators.builtin.environment import EnvironmentDecorator
from airflow_provider_flows.decorators.builtin.kubernetes import KubernetesDecorator
from airflow_provider_flows.decorators.builtin.parallel import ParallelDecorator
from airflow_provider_flows.decorators.builtin.project import ProjectDecorator
from airflow_provider_flows.decorators.builtin.pypi import PypiBaseDecorator, PypiDecorator
from airflow_provider_flows.decorators.builtin.resources import ResourcesDecorator
from airflow_provider_flows.decorators.builtin.retry import RetryDecorator
from airflow_provider_flows.decorators.builtin.schedule import ScheduleDecorator
from airflow_provider_flows.decorators.builtin.timeout import TimeoutDecorator

_STEP_CLASSES: tuple[type[StepDecorator], ...] = (
    BatchDecorator,
    CardDecorator,
    CatchDecorator,
    CondaDecorator,
    EnvironmentDecorator,
    KubernetesDecorator,
    ParallelDecorator,
    PypiDecorator,
    ResourcesDecorator,
    RetryDecorator,
    TimeoutDecorator,
)
_FLOW_CLASSES: tuple[type[FlowDecorator], ...] = (
    CondaBaseDecorator,
    ProjectDecorator,
    PypiBaseDecorator,
    ScheduleDecorator,
)

STEP: dict[str, type[StepDecorator]] = {cls.name: cls for cls in _STEP_CLASSES}
FLOW: dict[str, type[FlowDecorator]] = {cls.name: cls for cls in _FLOW_CLASSES}
