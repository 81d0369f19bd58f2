"""Names of Airflow that moved between the minors we support. Worker and DAG processor."""

from __future__ import annotations

try:  # Airflow 3.2 and later
    from airflow.sdk.configuration import conf
    from airflow.sdk.exceptions import (
        AirflowFailException,
        AirflowSkipException,
        AirflowTaskTimeout,
        DownstreamTasksSkipped,
    )
except ImportError:  # Airflow 3.1
    from airflow.configuration import conf
    from airflow.exceptions import (  # type: ignore[no-redef]
        AirflowFailException,
        AirflowSkipException,
        AirflowTaskTimeout,
        DownstreamTasksSkipped,
    )

__all__ = ["AirflowFailException", "AirflowSkipException", "AirflowTaskTimeout", "DownstreamTasksSkipped", "conf"]
