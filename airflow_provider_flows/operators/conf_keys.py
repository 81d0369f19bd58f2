"""Keys of a DAG run's conf: the flow's parameters, ours, and those that a setting lets through. Worker."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.graph.wording import suggest
from airflow_provider_flows.operators.compat import conf
from airflow_provider_flows.operators.origin import ORIGIN, RERUN

OF_AIRFLOW = "openlineage"
"""What Airflow itself puts into the conf of a run that a task triggers."""


def require_known_keys(parameters: Iterable[str], context: Mapping[str, Any]) -> None:
    """UsageError for a key that means nothing to the flow: a parameter's name that is written wrongly goes unseen."""
    names, given = [*parameters], getattr(context.get("dag_run"), "conf", None) or {}
    allowed = re.split(r"[,\s]+", conf.get("flows", "conf_keys", fallback=OF_AIRFLOW) or "")
    unknown = [key for key in given if key not in (*names, ORIGIN, RERUN) and not _matches(key, allowed)]
    if unknown:
        near = (_nearest(key, names) for key in unknown)
        parts = [
            f"The run was triggered with {_quoted(unknown)} in its conf, which is not a parameter of the flow.",
            *filter(None, near),
            f"Its parameters: {_quoted(names) or 'none'}.",
            "To allow other keys, list them in [flows] conf_keys.",
        ]
        raise UsageError(" ".join(parts))


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))


def _nearest(key: str, names: list[str]) -> str | None:
    found = suggest(key, names, "{0!r}")
    return found and f"{found[:-1]} for {key!r}?"


def _matches(key: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(key, pattern) for pattern in patterns if pattern)
