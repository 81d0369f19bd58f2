"""Where the store is and which key signs it: one rule for the launcher, the client and Airflow. Any process.

Reads Airflow's configuration file directly: importing Airflow would cost seconds, and a worker may not have it.
"""

from __future__ import annotations

import configparser
import os
import re


def resolve_root(root: str | None = None) -> str:
    """Return the store's root as a URL or an absolute local path.

    The first that is set: the argument, `FLOWS_DATASTORE_ROOT`, `AIRFLOW__FLOWS__DATASTORE_ROOT`, `[flows]
    datastore_root` in Airflow's configuration file; else `flows` under Airflow's home.
    """
    found = root or setting("datastore_root") or os.path.join(airflow_home(), "flows")
    if found.startswith("file://"):
        found = found[len("file://") :]
    return found.rstrip("/") if "://" in found else os.path.abspath(os.path.expanduser(found))


def signing_key(key: bytes | str | None = None) -> bytes | None:
    """Return the key that signs records, or None when they are not signed."""
    found = key or setting("signing_key")
    return found.encode() if isinstance(found, str) else found


def setting(name: str) -> str | None:
    """Return one option of `[flows]`: ours or Airflow's environment variable, else Airflow's configuration file."""
    upper = name.upper()
    return os.environ.get(f"FLOWS_{upper}") or os.environ.get(f"AIRFLOW__FLOWS__{upper}") or _from_file(name)


def airflow_home() -> str:
    """Return Airflow's home directory, whether or not it exists."""
    return os.path.expanduser(os.environ.get("AIRFLOW_HOME") or "~/airflow")


def _from_file(name: str) -> str | None:
    path = os.environ.get("AIRFLOW_CONFIG") or os.path.join(airflow_home(), "airflow.cfg")
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(_section(os.path.expanduser(path)))
    value = parser.get("flows", name, fallback="").strip()
    return os.path.expandvars(value.replace("{AIRFLOW_HOME}", airflow_home())) or None


def _section(file: str) -> str:
    """Return the lines of `[flows]`: parsing all of Airflow's options would take longer than running a small step."""
    try:
        with open(file, encoding="utf-8") as stream:
            text = stream.read()
    except OSError:
        return ""
    found = re.search(r"^\[flows\]$.*?(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    return found.group() if found else ""
