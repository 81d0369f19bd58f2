"""Metaflow and Flow: all flows of a store, and the runs of one. Any process; read only."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import Iterator

from airflow_provider_flows.client.base import ClientObject, Container
from airflow_provider_flows.client.html import Table, card
from airflow_provider_flows.client.provider import described
from airflow_provider_flows.client.run import Run
from airflow_provider_flows.client.runinfo import RunInfo
from airflow_provider_flows.client.scope import current_scope
from airflow_provider_flows.errors import NamespaceMismatch


class Flow(ClientObject[Run]):
    """`Flow("Name")`: in the namespace as soon as any of its runs is."""

    _depth = 1

    def __init__(self, pathspec: str, *, root: str | None = None, _namespace_check: bool = True) -> None:
        super().__init__(pathspec, root=root, _namespace_check=_namespace_check)
        self._require_any_run()

    def runs(self, *tags: str) -> Iterator[Run]:
        """Yield the runs in the namespace that have all of the tags, last started first, reading no more than asked."""
        wanted = set(tags)
        for run in self._scope.store.runs(self.id):
            info = self._scope.visible_run(self.id, run)
            if info is not None and wanted <= info.tags:
                yield Run._of(self._scope, (self.id, run))

    def __iter__(self) -> Iterator[Run]:
        return self.runs()

    @property
    def latest_run(self) -> Run | None:
        """The run in the namespace that started last, whatever became of it."""
        return next(self.runs(), None)

    @property
    def latest_successful_run(self) -> Run | None:
        """The run in the namespace that succeeded last and is still successful, as `Run.successful` says.

        (Metaflow 2.19: of the successful runs, the one that started last.)
        """
        for name in self._scope.store.succeeded_runs(self.id):
            run = Run._of(self._scope, (self.id, name))
            if self._scope.visible_run(self.id, name) is not None and run.successful:
                return run
        return None

    @property
    def created_at(self) -> datetime | None:
        """When the flow's first run in the namespace started; None as long as it has none."""
        oldest = deque(self.runs(), maxlen=1)
        return oldest[0].created_at if oldest else None

    def is_in_namespace(self) -> bool:
        return self._scope.namespace is None or self.latest_run is not None

    @property
    def _info(self) -> RunInfo:
        return RunInfo()

    def _child(self, name: str) -> Run:
        run = Run._of(self._scope, (self.id, name))
        info = self._scope.run_info(self.id, name) if name else None
        if info is None:
            raise run._not_found()
        run._require_visible(info)
        return run

    def _repr_html_(self) -> str:
        rows = ((run.id, run.status, run.created_at, run.user_tags) for run in self.runs())
        return card(repr(self), {}, Table.of(("run", "status", "created", "tags"), rows))

    def _require_any_run(self) -> None:
        if not self.is_in_namespace():
            raise NamespaceMismatch(
                f"{self!r} has no run in the namespace {self._scope.namespace!r}. namespace(None) shows everything."
            )

    def _exists(self) -> bool:
        store = self._scope.store
        return next(store.runs(self.id), None) is not None or self.id in store.flows()


class Metaflow(Container[Flow]):
    """`Metaflow()`: all flows in the namespace, by name."""

    def __init__(self, *, root: str | None = None, _namespace_check: bool = True) -> None:
        self._scope = current_scope(root, _namespace_check)

    @property
    def metadata(self) -> str:
        """Where the runs are recorded, as `get_metadata` says it."""
        return described(self._scope.store)

    @property
    def flows(self) -> list[Flow]:
        return list(self)

    def __iter__(self) -> Iterator[Flow]:
        for name in self._scope.store.flows():
            flow = Flow._of(self._scope, (name,))
            if flow.is_in_namespace():
                yield flow

    def _child(self, name: str) -> Flow:
        flow = Flow._of(self._scope, (name,))
        flow._require(bool(name) and flow._exists())
        flow._require_any_run()
        return flow

    def __repr__(self) -> str:
        return "Metaflow()"

    def _repr_html_(self) -> str:
        latest = ((flow, flow.latest_run) for flow in self)
        rows = ((flow.id, run and run.id, run and run.created_at) for flow, run in latest)
        return card(repr(self), {"store": self._scope.store.root}, Table.of(("flow", "latest run", "created"), rows))
