"""Namespaces: whose runs the client shows. Any process.

A namespace is a tag of the runs that are in it: `user:<name>`, `production:<token>`, or any other. A `user:` namespace
shows in addition what belongs to no user, as runs on Airflow do (Metaflow 2.19 hides those until asked).
"""

from __future__ import annotations

import os
from typing import Collection

from airflow_provider_flows.flow.current import current
from airflow_provider_flows.flow.user import username

_USER = "user:"

_chosen: tuple[str | None, ...] = ()
"""What `namespace` was called with, if it was."""


def namespace(ns: str | None) -> str | None:
    """Show only runs with the tag `ns` from now on, all runs for None; return what `get_namespace` says then.

    It holds for the whole process, and for objects that are made from now on.
    """
    global _chosen
    _chosen = (ns,)
    return get_namespace()


def get_namespace() -> str | None:
    """Return the namespace in force, None when all runs are shown.

    Unless `namespace` was called: inside a step that of its run, as `--namespace` says; else `production:<token>` with
    `FLOWS_PRODUCTION_TOKEN` or `METAFLOW_PRODUCTION_TOKEN`, `user:<name>`, or None where the user has no name.
    """
    if _chosen:
        return _chosen[0]
    return current.namespace if current.is_running_flow else _of_environment()


def default_namespace() -> str | None:
    """Forget all calls of `namespace`; return the namespace in force."""
    global _chosen
    _chosen = ()
    return get_namespace()


def is_visible(tags: Collection[str], ns: str | None) -> bool:
    """Say whether a run with these tags, user's and system's, is in the namespace."""
    if ns is None or ns in tags:
        return True
    return ns.startswith(_USER) and not any(tag.startswith(_USER) for tag in tags)


def _of_environment() -> str | None:
    token = os.environ.get("FLOWS_PRODUCTION_TOKEN") or os.environ.get("METAFLOW_PRODUCTION_TOKEN")
    if token:
        return f"production:{token}"
    name = username()
    return f"{_USER}{name}" if name else None
