"""A store in a folder, and runs written into it as the life cycle of an attempt does."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from airflow_provider_flows.client import default_namespace, namespace, use_store
from airflow_provider_flows.identity import TaskAddress, parse_task_id
from airflow_provider_flows.store import AttemptRecord, LogLine, ParentRef, Store, open_store
from airflow_provider_flows.task.metadata import ORIGIN_ATTEMPT, ORIGIN_RUN

FLOW = "TrainFlow"
USER_VARIABLES = ("FLOWS_USER", "METAFLOW_USER", "SUDO_USER", "USERNAME", "USER")
TOKENS = ("FLOWS_PRODUCTION_TOKEN", "METAFLOW_PRODUCTION_TOKEN")


class Writer:
    """Writes one run's records; each attempt begins a second after the one before."""

    clock = itertools.count(1_700_000_000)

    def __init__(self, store: Store, run: str, flow: str = FLOW, **info: Any) -> None:
        self.store, self.run, self.flow = store, run, flow
        self.store.write_run(flow, run, {"user": "me", "tags": [], "system_tags": ["user:me"], **info})

    def __call__(
        self,
        step: str,
        task: str | None = None,
        parents: Iterable[AttemptRecord] = (),
        outcome: str = "ok",
        artifacts: dict[str, Any] | None = None,
        to: tuple[str, ...] | None = None,
        **fields: Any,
    ) -> AttemptRecord:
        address = TaskAddress(self.flow, self.run, step, task or step)
        path, iteration = parse_task_id(address.task, step)
        started = float(next(self.clock))
        record = AttemptRecord(
            address,
            self.store.next_attempt(address),
            outcome,
            started_at=started,
            finished_at=started + 0.5,
            path=path,
            iteration=iteration,
            parents=tuple(ParentRef(one.address.step, one.address.task, one.attempt) for one in parents),
            transition=to,
            artifacts=self.store.save(self.flow, artifacts or {}),
            **fields,
        )
        self.store.commit(record)
        return record

    def log(self, step: str, *printed: str, task: str | None = None, attempt: int = 0) -> None:
        """Keep what an attempt printed: `stdout hello`, `stderr oops`, a second apart."""
        lines = [LogLine(float(next(self.clock)), *line.split(" ", 1)) for line in printed]
        self.store.write_log(TaskAddress(self.flow, self.run, step, task or step), attempt, lines)

    def take_over(self, record: AttemptRecord) -> AttemptRecord:
        """Copy another run's attempt, as a resumed run does."""
        origin = {ORIGIN_RUN: record.address.run, ORIGIN_ATTEMPT: str(record.attempt)}
        address = replace(record.address, run=self.run)
        copy = replace(record, address=address, attempt=0, metadata={**record.metadata, **origin})
        self.store.commit(copy)
        return copy

    def succeed(self, **artifacts: Any) -> AttemptRecord:
        """Write a start and an end, as a run that went well."""
        end = self("end", parents=[self("start", to=("end",))], artifacts=artifacts)
        self.store.mark_succeeded(self.flow, self.run)
        return end

    def foreach(self, count: int) -> None:
        """Write a start that splits into `fit`, and a join of them."""
        start = self("start", to=("fit",), num_splits=count)
        fits = [self("fit", f"fit-{index}", [start], artifacts={"x": index}, to=("join",)) for index in range(count)]
        self("end", parents=[self("join", parents=fits, to=("end",))])


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[None]:
    for name in (*USER_VARIABLES, *TOKENS, "FLOWS_DATASTORE_ROOT", "FLOWS_SIGNING_KEY", "AIRFLOW_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    monkeypatch.setenv("FLOWS_USER", "me")
    monkeypatch.setenv("FLOWS_FSYNC", "0")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    with use_store(str(tmp_path / "root")):
        yield
    default_namespace()


@pytest.fixture
def store(tmp_path: Any) -> Store:
    return open_store(str(tmp_path / "root"))


@pytest.fixture
def write(store: Store) -> Callable[..., Writer]:
    return lambda run="1", **info: Writer(store, run, **info)


@pytest.fixture
def everything() -> None:
    namespace(None)
