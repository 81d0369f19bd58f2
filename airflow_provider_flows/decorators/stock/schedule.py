"""`@schedule`: when a deployed flow runs by itself. On Airflow: the DAG's schedule; no effect on local runs."""

from __future__ import annotations

from typing import Any, ClassVar, Mapping

from airflow_provider_flows.decorators.base import FlowDecorator


class ScheduleDecorator(FlowDecorator):
    """Run on a `cron` expression (of five fields, or AWS's six), or `weekly`, `hourly`, `daily`: the first that is set.

    `timezone` is an IANA name; without one, times are UTC.
    """

    name = "schedule"
    defaults: ClassVar[Mapping[str, Any]] = {
        "cron": None,
        "weekly": False,
        "hourly": False,
        "daily": True,
        "timezone": None,
    }

    def dag_arguments(self) -> dict[str, Any]:
        return {"schedule": dict(self.attributes)}
