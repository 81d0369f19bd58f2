"""DataArtifact, and `task.data`. Any process; each artifact is loaded when it is asked for, alone."""

from __future__ import annotations

from dataclasses import astuple
from datetime import datetime
from typing import Any, Iterator

from airflow_provider_flows.client.base import ClientObject, moment
from airflow_provider_flows.client.html import Table, card
from airflow_provider_flows.client.origin import original
from airflow_provider_flows.client.pathspec import format_names
from airflow_provider_flows.client.preview import short_value
from airflow_provider_flows.errors import NotFound
from airflow_provider_flows.graph.wording import suggest
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.metaflow_compat import metaflow_names
from airflow_provider_flows.store import ArtifactRef, AttemptRecord, Store
from airflow_provider_flows.text import size


class DataArtifact(ClientObject["DataArtifact"]):
    """`DataArtifact("Flow/run/step/task/name", attempt=None)`: what one attempt stored under one name.

    Without `attempt`, that of the newest attempt at the time when the object is made, for good.
    """

    _depth = 5
    _attempt: int
    _record: AttemptRecord | None = None

    def __init__(
        self, pathspec: str, attempt: int | None = None, *, root: str | None = None, _namespace_check: bool = True
    ) -> None:
        self._wanted = attempt
        super().__init__(pathspec, root=root, _namespace_check=_namespace_check)

    @property
    def data(self) -> Any:
        """The object, loaded anew each time; ObjectMissing, ObjectDamaged."""
        with metaflow_names():  # the module of its class may be a flow's
            return self._scope.store.load(self._names[0], self._ref)

    @property
    def sha(self) -> str:
        """Digest of the content: the same for the same content, wherever it was stored."""
        return self._ref.digest

    @property
    def size(self) -> int:
        """Bytes of the pickled object, before compression."""
        return self._ref.size

    @property
    def type(self) -> str:
        """The object's class: `int`, `pandas.DataFrame`. Known without loading it."""
        return self._ref.type

    @property
    def created_at(self) -> datetime:
        return self.finished_at

    @property
    def finished_at(self) -> datetime:
        """When the attempt ended that holds the artifact, which may be later than the one that made it."""
        return moment(self._attempt_record.finished_at)

    @property
    def origin_pathspec(self) -> str | None:
        source = original(self._attempt_record)
        return None if source is None else format_names((*astuple(source[0]), self.id))

    def __iter__(self) -> Iterator[DataArtifact]:
        return iter(())

    def _repr_html_(self) -> str:
        value = short_value(self._ref)
        facts = {
            "type": self.type,
            "size": size(self.size),
            "value": value,
            "stored": self.finished_at,
            "sha": self.sha,
        }
        return card(repr(self), facts)

    def _child(self, name: str) -> DataArtifact:
        raise NotFound(f"{self!r} is a single object and has no {name!r}")

    @property
    def _ref(self) -> ArtifactRef:
        return self._attempt_record.artifacts[self.id]

    @property
    def _attempt_record(self) -> AttemptRecord:
        if self._record is None:
            self._record = read_attempt(self._scope.store, TaskAddress(*self._names[:4]), self._attempt)
        if self._record is None:
            raise self._not_found()
        return self._record

    def _exists(self) -> bool:
        self._record = read_attempt(self._scope.store, TaskAddress(*self._names[:4]), self.__dict__.pop("_wanted"))
        if self._record is None or self.id not in self._record.artifacts:
            return False
        self._attempt = self._record.attempt
        return True

    def _state(self) -> dict[str, Any]:
        return {"_attempt": self._attempt}


class TaskData:
    """`task.data.x`, `"x" in task.data`: the artifacts of one attempt, each loaded when it is asked for."""

    def __init__(self, artifacts: dict[str, DataArtifact]) -> None:
        self.__dict__["_artifacts"] = artifacts

    def __getattr__(self, name: str) -> Any:
        artifacts = self.__dict__.get("_artifacts", {})
        if name not in artifacts:
            near = suggest(name, artifacts, "{0!r}") or f"There are: {', '.join(sorted(artifacts)) or 'none'}."
            raise AttributeError(f"there is no artifact {name!r}. {near}")
        return artifacts[name].data

    def __contains__(self, name: object) -> bool:
        return name in self._artifacts

    def __dir__(self) -> list[str]:
        return [*self._artifacts, *object.__dir__(self)]

    def __repr__(self) -> str:
        return f"<TaskData: {', '.join(self._artifacts)}>"

    def _repr_html_(self) -> str:
        return card("TaskData", {}, table_of(self._artifacts))


def table_of(artifacts: dict[str, DataArtifact]) -> Table:
    """Return what is known of artifacts without loading them."""
    rows = (
        (name, artifact.type, size(artifact.size), short_value(artifact._ref)) for name, artifact in artifacts.items()
    )
    return Table.of(("artifact", "type", "size", "value"), rows, len(artifacts))


def read_attempt(store: Store, address: TaskAddress, attempt: int | None) -> AttemptRecord | None:
    """Return an attempt's record, the newest one's for None; None when there is no such attempt."""
    if attempt is None:
        return store.read_newest(address)
    return store.read_attempt(address, attempt) if isinstance(attempt, int) else None
