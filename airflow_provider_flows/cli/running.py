"""The options of `run` and `resume`, as the launcher takes them. LAUNCH phase."""

from __future__ import annotations

from typing import Any

from airflow_provider_flows.cli.common import common
from airflow_provider_flows.cli.finding import namespace
from airflow_provider_flows.cli.run_options import MEGABYTE
from airflow_provider_flows.client.tags import MOST_TAGS, checked
from airflow_provider_flows.errors import TaggingError
from airflow_provider_flows.local.local_run import RunOptions


def run_options(given: dict[str, Any], **more: Any) -> RunOptions:
    """Return what a run was told by RUN_OPTIONS and the common options; TaggingError for tags that it cannot have."""
    asked, tags = common(), checked(given["tags"], "--tag")
    if len(tags) > MOST_TAGS:
        raise TaggingError(f"--tag is given {len(tags)} times, and a run has up to {MOST_TAGS} tags.")
    return RunOptions(
        **{**given, "max_log_size": given["max_log_size"] * MEGABYTE},
        class_name=asked.class_name,
        datastore_root=asked.datastore_root,
        namespace=namespace() or "",
        quiet=asked.quiet,
        **more,
    )
