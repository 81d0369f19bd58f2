"""Names of Metaflow's decorators that this package does not have: a flow that uses one is refused where it stands."""

from __future__ import annotations

from typing import Any, NoReturn

from airflow_provider_flows.decorators.base import Decorator, where_written
from airflow_provider_flows.errors import InvalidFlow

PAGE = "docs/differences.md#decorators"

UNSUPPORTED: dict[str, str] = {
    "batch": "steps run in Airflow's own workers; choose them with --queue or --task-arg STEP.queue=…",
    "card": "there are no cards yet",
    "conda": "steps run in the worker's environment",
    "conda_base": "steps run in the worker's environment",
    "exit_hook": "use Airflow's own callbacks",
    "kubernetes": "steps run in Airflow's own workers; use the KubernetesExecutor, with --queue or --pool",
    "parallel": "use a foreach instead",
    "pypi": "steps run in the worker's environment",
    "pypi_base": "steps run in the worker's environment",
    "secrets": "use Airflow's connections and variables",
    "slurm": "steps run in Airflow's own workers",
    "trigger": "use @schedule, or trigger the DAG through Airflow's API",
    "trigger_on_finish": "use @schedule, or trigger the DAG through Airflow's API",
}


def unsupported_decorator(name: str) -> Any:
    """Return a function that takes the decorator's place and refuses it, naming the page that says why."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        place = Decorator()
        place.source = where_written(2)
        raise InvalidFlow(
            [place.problem(f"@{name} is not supported here.", f"{UNSUPPORTED[name].capitalize()}. See {PAGE}.")]
        )

    return refuse
