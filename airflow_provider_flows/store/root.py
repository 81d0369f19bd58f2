"""Where the store is and which key signs it: one rule for the launcher, the client and Airflow. Any process."""

from __future__ import annotations

import os
import re

from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.store.settings import airflow_home, setting

_VARIABLE = re.compile(r"\$(\w+|\{\w+\})")


def resolve_root(root: str | None = None) -> str:
    """Return the store's root as a URL or an absolute local path.

    The first that is set: the argument, the setting `datastore_root`; else `flows` under Airflow's home. UsageError as
    `setting` says.
    """
    found = root or _set_root() or os.path.join(airflow_home(), "flows")
    found = found.replace("{AIRFLOW_HOME}", airflow_home())  # as the defaults of Airflow's own options are written
    if found.startswith("file://"):
        found = found[len("file://") :]
    return found.rstrip("/") if "://" in found else os.path.abspath(os.path.expanduser(found))


def _set_root() -> str | None:
    root = setting("datastore_root")
    missing = _VARIABLE.search(root or "")
    if missing:
        raise UsageError(f"datastore_root is {root}, and there is no environment variable {missing.group()}. Set it.")
    return root


def signing_key(key: bytes | str | None = None) -> bytes | None:
    """Return the key that signs records: the argument, or the setting `signing_key`; None when they are not signed.

    UsageError as `setting` says, and for a key that is empty or an environment variable's name in place of its value.
    """
    found = setting("signing_key") if key is None else key
    if found is None:
        return None
    if isinstance(found, str):
        if _VARIABLE.fullmatch(found):
            raise UsageError(f"The signing key is {found}, and there is no such environment variable. Set it.")
        found = found.encode("utf-8", "surrogateescape")
    if not found:
        raise UsageError("The signing key is empty. Give one, or none at all.")
    return found
