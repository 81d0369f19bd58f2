"""`@schedule`: when a deployed flow runs by itself. On Airflow: the DAG's schedule; no effect on local runs."""

from __future__ import annotations

import contextlib
from typing import Any, ClassVar, Mapping

from airflow_provider_flows.decorators.base import FlowDecorator
from airflow_provider_flows.errors import InvalidDecoratorAttribute
from airflow_provider_flows.text import in_short


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

    def flow_init(self, *_: Any) -> None:
        # Only here, because most processes need no time zones.
        from airflow_provider_flows.decorators.cron import NotInAirflow, check_timezone, cron_to_airflow

        cron, timezone = self.attributes["cron"], self.attributes["timezone"]
        for name, value in (("cron", cron), ("timezone", timezone)):
            if value is not None and not (isinstance(value, str) and value.strip()):
                raise InvalidDecoratorAttribute(f"@schedule: {name} is text, not {in_short(value)}.")
        for name in ("weekly", "hourly", "daily"):
            if self.attributes[name] not in (True, False, None):
                raise InvalidDecoratorAttribute(
                    f"@schedule: {name} is True or False, not {in_short(self.attributes[name])}."
                )
        if timezone is not None:
            check_timezone(timezone)
        if cron is not None:
            with contextlib.suppress(NotInAirflow):  # flows-compile says that, and --schedule can give another one
                cron_to_airflow(cron)

    def dag_arguments(self) -> dict[str, Any]:
        return {"schedule": dict(self.attributes)}
