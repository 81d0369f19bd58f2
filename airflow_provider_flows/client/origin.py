"""Where what a resumed run took over comes from. Any process; read only."""

from __future__ import annotations

from dataclasses import replace

from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import AttemptRecord, Store
from airflow_provider_flows.store.log_format import LogLine
from airflow_provider_flows.task.metadata import ORIGIN_ATTEMPT, ORIGIN_RUN, is_cloned


def original(record: AttemptRecord) -> tuple[TaskAddress, int] | None:
    """Return the task and the attempt that an attempt is a copy of; None when its step ran."""
    if not is_cloned(record):
        return None
    return replace(record.address, run=record.metadata[ORIGIN_RUN]), int(record.metadata[ORIGIN_ATTEMPT])


def read_log(store: Store, address: TaskAddress, attempt: int) -> list[LogLine]:
    """Return what an attempt printed; of a copy, what its original printed (Metaflow 2.19)."""
    record = store.read_attempt(address, attempt)
    source = original(record) if record is not None and record.metadata else None
    return read_log(store, *source) if source else store.read_log(address, attempt)
