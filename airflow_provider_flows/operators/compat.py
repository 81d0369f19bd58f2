"""Names of Airflow that moved between the minors we support. Worker and DAG processor."""

from __future__ import annotations

try:  # Airflow 3.2 and later
    from airflow.sdk.configuration import conf, get_custom_secret_backend
    from airflow.sdk.exceptions import (
        AirflowFailException,
        AirflowNotFoundException,
        AirflowSkipException,
        AirflowTaskTimeout,
        DownstreamTasksSkipped,
    )
except ImportError:  # Airflow 3.1
    from airflow.configuration import conf, get_custom_secret_backend
    from airflow.exceptions import (  # type: ignore[attr-defined,no-redef]
        AirflowFailException,
        AirflowNotFoundException,
        AirflowSkipException,
        AirflowTaskTimeout,
        DownstreamTasksSkipped,
    )

__all__ = [
    "AirflowFailException",
    "AirflowNotFoundException",
    "AirflowSkipException",
    "AirflowTaskTimeout",
    "DownstreamTasksSkipped",
    "conf",
    "get_custom_secret_backend",
]
