"""When a DAG runs: `@schedule` and `--schedule`, in Airflow's terms. LAUNCH phase."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow_provider_flows.compiler.dag_plan import Timetable
from airflow_provider_flows.decorators.cron import check_timezone, cron_to_airflow
from airflow_provider_flows.errors import UsageError

Schedule = str | Timetable | timedelta | None

_PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
}
_PRESETS_WITHOUT_CRON = ("@once", "@continuous")

_LONGEST = timedelta(days=36500)
_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\Z")


def schedule_of(attributes: Mapping[str, Any] | None) -> Schedule:
    """Return the schedule that `@schedule(…)` asks for: `cron`, else `weekly`, `hourly` or `daily`, the first set."""
    attributes = attributes or {}
    for preset in ("weekly", "hourly", "daily"):
        if not attributes.get("cron") and attributes.get(preset):
            return _in_timezone(f"@{preset}", attributes.get("timezone"))
    cron = attributes.get("cron")
    return _in_timezone(cron_to_airflow(str(cron)), attributes.get("timezone")) if cron else None


def parse_schedule(text: str, timezone: str | None = None) -> Schedule:
    """Return the schedule that `--schedule` names: `none`, a preset, a cron expression or an ISO 8601 duration.

    Raises UsageError, with what can be written instead, for anything else.
    """
    wanted = text.strip()
    if not wanted:
        raise UsageError("--schedule is empty. Write 'none' for a flow without a schedule.")
    if wanted.lower() == "none":
        return None
    if wanted.startswith("@"):
        return _preset(wanted.lower(), timezone)
    duration = _DURATION.match(wanted)
    if duration and any(duration.groups()):
        return _interval(wanted, *(int(part or 0) for part in duration.groups()))
    return _in_timezone(cron_to_airflow(wanted), timezone)


def _interval(text: str, weeks: int, days: int, hours: int, minutes: int, seconds: int) -> timedelta:
    try:
        found = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        found = timedelta.max
    if not timedelta(0) < found <= _LONGEST:
        raise UsageError(f"{text!r} is not a valid interval. Write more than PT0S, and no more than P36500D.")
    return found


def _preset(preset: str, timezone: str | None) -> Schedule:
    preset = {"@annually": "@yearly", "@midnight": "@daily"}.get(preset, preset)
    if preset in _PRESETS_WITHOUT_CRON:
        return preset
    if preset not in _PRESETS:
        known = ", ".join([*_PRESETS, *_PRESETS_WITHOUT_CRON])
        raise UsageError(f"{preset!r} is not a schedule. The presets are {known}.")
    return _in_timezone(preset, timezone)


def _in_timezone(cron: str, timezone: str | None) -> Schedule:
    if timezone is None:
        return cron
    check_timezone(timezone)
    return Timetable(_PRESETS.get(cron, cron), timezone)
