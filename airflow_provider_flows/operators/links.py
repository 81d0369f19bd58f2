"""The button "Datastore" of a task in Airflow's UI. Its link is made in the task's process, when the task has ended."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from airflow.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey

_CONSOLES = {
    "s3": "https://console.aws.amazon.com/s3/buckets/{bucket}?prefix={prefix}/",
    "gs": "https://console.cloud.google.com/storage/browser/{bucket}/{prefix}",
}
_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "FSSPEC_S3_ENDPOINT_URL")


class FlowRunLink(BaseOperatorLink):
    """Opens the records of the task's step in the console of the bucket that holds the datastore.

    Reads the operator's attribute `records_url`, the step's folder in the store, which `execute` sets. A store that no
    browser can open (a local folder, a server of one's own) has no link, and Airflow then shows no working button.
    """

    name = "Datastore"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the link, or an empty string where there is none."""
        return console_url(getattr(operator, "records_url", None) or "") or ""


def console_url(location: str) -> str | None:
    """Return the web page that lists a folder of a store, or None where we cannot be sure that there is one."""
    parts = urlsplit(location)
    if parts.scheme in ("http", "https"):
        return location
    if parts.scheme not in _CONSOLES or _is_elsewhere(parts.netloc):
        return None
    return _CONSOLES[parts.scheme].format(bucket=quote(parts.netloc), prefix=quote(parts.path.strip("/")))


def _is_elsewhere(netloc: str) -> bool:
    """Tell whether the bucket may be on another server: a connection or an environment variable can say so."""
    return "@" in netloc or any(os.environ.get(name) for name in _ENDPOINTS)
