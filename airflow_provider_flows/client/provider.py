"""Which store the client reads, in Metaflow's words of metadata providers. Any process.

Metaflow keeps what is known of runs apart from their artifacts; here both are in the store.
"""

from __future__ import annotations

from airflow_provider_flows.client.scope import current_store, use_store
from airflow_provider_flows.errors import UsageError
from airflow_provider_flows.store import Store

_LOCAL = "local@"


def metadata(ms: str) -> str:
    """Read from another store from now on, in this process: `local@<root>`, or its root alone, a folder or a URL.

    Return what `get_metadata` says then. UsageError for a metadata service, which no run here is registered with.
    """
    kind, separator, _ = ms.partition("@")
    if ms.startswith(("http://", "https://")) or (separator and kind in ("service", "spin")):
        raise UsageError(
            f"metadata({ms!r}): this provider is not supported; all information about runs is in the datastore. "
            f"Give its root: metadata('local@s3://bucket/path')."
        )
    use_store(ms.removeprefix(_LOCAL))
    return get_metadata()


def get_metadata() -> str:
    """Return which store the client reads: `local@<root>`."""
    return described(current_store())


def default_metadata() -> str:
    """Read from the store that settings name, or inside a step from its run's; return what `get_metadata` says."""
    use_store(None)
    return get_metadata()


def described(store: Store) -> str:
    """Return how `metadata` is told to read a store."""
    return f"{_LOCAL}{store.root}"
