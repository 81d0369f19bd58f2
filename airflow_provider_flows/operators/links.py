"""The button "Datastore" of a task in Airflow's UI. Its link is made in the task's process, when the task has ended."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from string import Formatter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from airflow.sdk import BaseOperatorLink
from airflow_provider_flows.errors import StoreError, UsageError
from airflow_provider_flows.store import resolve_root
from airflow_provider_flows.store.settings import setting

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey

_S3 = "https://console.aws.amazon.com/s3/buckets/{bucket}?prefix={prefix}/"
_GCS = "https://console.cloud.google.com/storage/browser/{bucket}/{prefix}"
_CONSOLES = {"s3": _S3, "s3a": _S3, "gs": _GCS, "gcs": _GCS}
_S3_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "FSSPEC_S3_ENDPOINT_URL")
ENDPOINTS = {**dict.fromkeys(("s3", "s3a"), _S3_ENDPOINTS), **dict.fromkeys(("gs", "gcs"), ("STORAGE_EMULATOR_HOST",))}
"""Environment variables that move a scheme's buckets to another server."""
_PLACES = ("bucket", "prefix", "path")

Elsewhere = Callable[[str], bool]
"""Whether the connection that a store's root names leads to a server of one's own."""


class FlowRunLink(BaseOperatorLink):
    """Opens the records of the task's step on the page that `page_of` finds.

    Reads the operator's attribute `records_url`, the step's folder in the store, which `execute` sets. Without a page,
    Airflow shows a button that does not work; so operators whose store has none do not have this link.
    """

    name = "Datastore"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the link, or an empty string where there is none."""
        location: str | None = getattr(operator, "records_url", None)
        if location is None:  # the task did not get as far as having records
            return ""
        flow: Any = getattr(operator, "flow", None)
        return page_of(location, resolve_root(flow.datastore_root), _leads_elsewhere) or ""


def may_have_page(root: str) -> bool:
    """Whether a store may have pages; parsing a DAG asks, so no connection is looked up for it."""
    return page_of(root, root, lambda root: False) is not None


def page_of(location: str, root: str, elsewhere: Elsewhere) -> str | None:
    """Return the web page that shows a folder of the store at `root`, None where we cannot be sure that there is one.

    The first of: what `[flows] datastore_browser` makes of it; the folder itself, where the store is a web server; the
    console of the cloud that holds the bucket. UsageError when the setting cannot be used.
    """
    url = urlsplit(location)
    connection, _, bucket = url.netloc.rpartition("@")
    template = _configured()
    if template is None and url.scheme in ("http", "https"):
        return url._replace(netloc=bucket).geturl()  # without the user's name and password
    if template is None and url.scheme in _CONSOLES:
        moved = any(os.environ.get(name) for name in ENDPOINTS[url.scheme])
        template = None if moved or (connection and elsewhere(root)) else _CONSOLES[url.scheme]
    if template is None:
        return None
    if url.scheme.startswith("abfs") and connection:  # abfs://container@account.dfs.core.windows.net/…
        bucket = connection
    places = (bucket, url.path.strip("/"), location.removeprefix(root).strip("/"))
    return template.format(**dict(zip(_PLACES, map(quote, places), strict=True)))


def _configured() -> str | None:
    template = setting("datastore_browser")
    if template is None:
        return None
    try:
        unknown = {name for _, name, _, _ in Formatter().parse(template) if name is not None} - {*_PLACES}
    except ValueError:
        unknown = {"a single brace"}
    if unknown or not template.startswith(("http://", "https://")):
        places = ", ".join(f"{{{name}}}" for name in _PLACES)
        raise UsageError(f"[flows] datastore_browser is {template!r}. Give an http(s) address with {places} in it.")
    return template


def _leads_elsewhere(root: str) -> bool:
    """Whether the root's connection names a server, or cannot be had."""
    from airflow_provider_flows.operators.storage import find_connection  # most stores name none

    with contextlib.suppress(StoreError, ValueError):
        extra = json.loads(find_connection(root)["extra"] or "{}")
        services = extra.get("service_config") or {}
        return bool(extra.get("endpoint_url") or extra.get("host") or (services.get("s3") or {}).get("endpoint_url"))
    return True
