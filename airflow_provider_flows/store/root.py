"""Where the store is and which key signs it: one rule for the launcher, the client and Airflow. Any process."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.store.settings import airflow_home, setting

_BUCKETS = ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl")
_SCHEME = re.compile(rf"({'|'.join(_BUCKETS)}|file|https?|memory):")
_NAME = re.compile(r"[a-z][a-z0-9+.-]*")
_EXAMPLE = "s3://bucket/folder"
_VARIABLE = re.compile(r"\$(\w+|\{\w+\})")


def resolve_root(root: str | None = None) -> str:
    """Return the store's root as a URL or an absolute local path.

    The first that is set: the argument, the setting `datastore_root`; else `flows` under Airflow's home. UsageError as
    `setting` says, and for what is not a place.
    """
    found = root or _set_root() or os.path.join(airflow_home(), "flows")
    found = found.replace("{AIRFLOW_HOME}", airflow_home())  # as the defaults of Airflow's own options are written
    if found.startswith("file://"):
        found = found[len("file://") :]
    _check_place(found)
    return found.rstrip("/") if "://" in found else os.path.abspath(os.path.expanduser(found))


def connection_id(root: str) -> str | None:
    """Return the id of the Airflow connection that a root names, None when there is nothing before an @."""
    name, at, _ = urlsplit(root).netloc.rpartition("@")
    return name if at else None


def _set_root() -> str | None:
    root = setting("datastore_root")
    missing = _VARIABLE.search(root or "")
    if missing:
        raise UsageError(
            f"datastore_root is {root}, and the environment variable {missing.group()} is not set. Set it."
        )
    return root


def _check_place(root: str) -> None:
    scheme, separator, location = root.partition("://")
    if not separator:
        if _SCHEME.match(root) or os.path.expanduser(root).startswith("~"):
            raise UsageError(f"The datastore cannot be {root!r}: write a folder's path, or a URL such as {_EXAMPLE}.")
        return
    bucket = location.partition("@")[2] if "@" in location.partition("/")[0] else location
    if not _NAME.fullmatch(scheme) or not bucket.strip("/") or (scheme in _BUCKETS and bucket.startswith("/")):
        raise UsageError(f"The datastore cannot be {root!r}: it names no bucket. Write {_EXAMPLE}.")
    try:
        urlsplit(root)
    except ValueError as error:
        raise UsageError(f"The datastore cannot be {root!r}: {error}. Write {_EXAMPLE}.") from None


def signing_key(key: bytes | str | None = None) -> bytes | None:
    """Return the key that signs records: the argument, or the setting `signing_key`; None when they are not signed.

    UsageError as `setting` says, and for a key that is empty or an environment variable's name in place of its value.
    """
    found = setting("signing_key") if key is None else key
    if found is None:
        return None
    if isinstance(found, str):
        if _VARIABLE.fullmatch(found):
            raise UsageError(f"The signing key is {found}, and that environment variable is not set. Set it.")
        found = found.encode("utf-8", "surrogateescape")
    if not found:
        raise UsageError("The signing key is empty. Give one, or none at all.")
    return found
