"""A task's store, and buckets through Airflow's connections: `s3://conn_id@bucket/prefix`. Needs Airflow.

Providers take "this connection is not there now" for "use other credentials". So the connection is looked up here,
where that is an error, and the provider is answered with what was found.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow_provider_flows.errors import StoreError
from airflow_provider_flows.operators.compat import AirflowNotFoundException, conf
from airflow_provider_flows.store import StoreAccess, resolve_root
from airflow_provider_flows.store.bucket import LeftToFsspec
from airflow_provider_flows.store.root import connection_id, signing_key

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_FIELDS = ("conn_id", "conn_type", "host", "schema", "login", "password", "port", "extra")
_PROVIDERS = {
    **dict.fromkeys(("s3", "s3a", "s3n"), "apache-airflow-providers-amazon[s3fs]"),
    **dict.fromkeys(("gs", "gcs"), "apache-airflow-providers-google"),
    **dict.fromkeys(("abfs", "abfss", "adl"), "apache-airflow-providers-microsoft-azure"),
}
_opened: dict[tuple[object, ...], AbstractFileSystem] = {}
_opening = threading.Lock()


def task_access(root: str | None) -> StoreAccess:
    """Return all that opens the store of a task at hand, where the DAG file says `root`. Worker, in the task's process.

    The process beside it cannot ask Airflow for a connection in its database, and is given what is found here. It is a
    fork that shares what was imported, so this imports what opens the store. StoreError when that cannot be.
    """
    access = StoreAccess(resolve_root(root), signing_key())
    if connection_id(access.root) is not None:
        access = replace(access, connection=find_connection(access.root))
    access.preload()
    return access


def find_connection(root: str) -> dict[str, Any]:
    """Return the fields of the connection that a root names; StoreError when Airflow does not know it."""
    from airflow.sdk import Connection  # most roots name none

    _require_provider(root)
    name = connection_id(root)
    try:
        if not name:
            raise AirflowNotFoundException("there is no name before the @")
        found = Connection.get(name)
        found.extra_dejson  # noqa: B018 - from now on, Airflow masks in logs what it holds
    except (AirflowNotFoundException, PermissionError) as error:
        raise StoreError(
            f"{root} names the Airflow connection {name!r}, which is not usable: {error}. Add it (`airflow connections "
            f"add {name or 'NAME'}`) or set AIRFLOW_CONN_{(name or 'NAME').upper()}. Outside of tasks, Airflow looks "
            "into environment variables and secrets backends, not into its database"
        ) from error
    return {field: getattr(found, field) for field in _FIELDS}


def connection_filesystem(root: str, connection: Mapping[str, Any], *, ask_airflow: bool) -> AbstractFileSystem:
    """Return the file system of a root that names a connection, one for each connection and process.

    Unless `ask_airflow`, nobody is asked for anything else: in a process that no supervisor of Airflow's listens to.
    """
    _require_provider(root)
    key = (os.getpid(), urlsplit(root).scheme, *connection.values())
    with _opening:
        if key not in _opened:
            _opened[key] = _connected(root, _Answers(connection, _supervisor() if ask_airflow else None))
        return _opened[key]


def require_plain(root: str) -> None:
    """LeftToFsspec where Airflow is configured to make something else of a connection than its fields say."""
    if urlsplit(root).scheme.startswith("s3") and conf.get("aws", "session_factory", fallback=None):
        raise LeftToFsspec("[aws] session_factory is set in Airflow's configuration")


def _connected(root: str, answers: _Answers) -> AbstractFileSystem:
    from airflow.sdk.execution_time.supervisor import set_supervisor_comms
    from airflow.sdk.io import get_fs

    try:
        with set_supervisor_comms(answers):
            return get_fs(urlsplit(root).scheme, answers.connection["conn_id"])
    except ImportError as error:
        raise _no_provider(root, str(error)) from error


def _require_provider(root: str) -> None:
    from airflow.sdk.io import has_fs

    if not has_fs(urlsplit(root).scheme):
        raise _no_provider(root, "no provider of Airflow's that opens it is installed here")


def _no_provider(root: str, why: str) -> StoreError:
    scheme = urlsplit(root).scheme
    package = _PROVIDERS.get(scheme)
    fix = f"pip install '{package}'" if package else f"Install Airflow's provider for {scheme}://"
    return StoreError(f"{root} names an Airflow connection, and {scheme}:// cannot be opened: {why}. {fix}")


def _supervisor() -> Any:
    """Return what asks this task's supervisor; None outside of tasks."""
    from airflow.sdk.execution_time import task_runner

    return getattr(task_runner, "SUPERVISOR_COMMS", None)


class _Answers:
    """Stands in for the supervisor: answers with one connection, and passes on all else, if there is somebody."""

    def __init__(self, connection: Mapping[str, Any], supervisor: Any) -> None:
        self.connection, self._supervisor = connection, supervisor

    def send(self, message: Any) -> Any:
        answer = self._own(message)
        return answer if answer or self._supervisor is None else self._supervisor.send(message)

    async def asend(self, message: Any) -> Any:
        answer = self._own(message)
        return answer if answer or self._supervisor is None else await self._supervisor.asend(message)

    def _own(self, message: Any) -> Any:
        from airflow.sdk.execution_time.comms import ConnectionResult, GetConnection

        if not isinstance(message, GetConnection) or message.conn_id != self.connection["conn_id"]:
            return None
        return ConnectionResult(**{**self.connection, "conn_type": self.connection["conn_type"] or ""})
