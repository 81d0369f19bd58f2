"""Names of Metaflow's decorators that this package does not have: a flow that uses one is rejected where it stands."""

from __future__ import annotations

from typing import Any

from airflow_provider_flows.decorators.written import problem_at, where_written
from airflow_provider_flows.pages import page
from airflow_provider_flows.rejections import reject

PAGE = page("docs/differences.md#decorators")

UNSUPPORTED: dict[str, str] = {
    "batch": "Steps run in Airflow's own workers; choose them with --queue or --task-arg STEP.queue=…",
    "conda": "Steps run in the worker's environment",
    "conda_base": "Steps run in the worker's environment",
    "exit_hook": "Use Airflow's own callbacks",
    "kubernetes": "Steps run in Airflow's own workers; use the KubernetesExecutor, with --queue or --pool",
    "pypi": "Steps run in the worker's environment",
    "pypi_base": "Steps run in the worker's environment",
    "secrets": "Use Airflow's connections and variables",
    "slurm": "Steps run in Airflow's own workers",
    "trigger": "Use @schedule, or trigger the DAG through Airflow's API",
    "trigger_on_finish": "Use @schedule, or trigger the DAG through Airflow's API",
}


def why_not(name: str) -> str:
    """Return what to do instead of using a decorator that we do not have, and the page that says more."""
    return f"{UNSUPPORTED[name]}. See {PAGE}"


def unsupported_decorator(name: str) -> Any:
    """Return a function that takes the decorator's place and rejects it, naming the page that says why."""

    def decorate(*targets: Any, **attributes: Any) -> Any:
        reject(problem_at(where_written(2), f"@{name} is not supported here.", why_not(name)))
        return targets[0] if len(targets) == 1 and not attributes else lambda target: target

    return decorate
