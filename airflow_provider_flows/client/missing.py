"""What to say of an object that is not there: from which name on it is not, and what is there instead. Any process."""

from __future__ import annotations

from itertools import islice
from typing import Iterable, Sequence

from airflow_provider_flows.errors import NotFound
from airflow_provider_flows.graph.wording import suggest
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import Store

_KINDS = ("flow", "run", "step", "task", "artifact")
_LOOKED_AT = 1000
"""Names that are compared: a flow may have very many runs, a step as many tasks."""
_SHOWN = 5
_WHERE = " (FLOWS_DATASTORE_ROOT or use_store() choose another one)"


class ObjectNotFound(NotFound):
    """The error for an object of these names, which `shown` is the `repr` of.

    It looks for near names only when it is shown: `"x" in run` raises one for nobody to read.
    """

    def __init__(self, shown: str, store: Store, names: tuple[str, ...]) -> None:
        super().__init__()
        self._shown, self._store, self._names = shown, store, names

    def __str__(self) -> str:
        return f"{self._shown} does not exist in the store {self._store.root}{_WHERE}{self._reason()}"

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return NotFound, (str(self),)

    def _reason(self) -> str:
        store, names = self._store, self._names
        for depth, name in enumerate(names):
            if not _is_there(store, names[: depth + 1]):
                known = list(islice(_siblings(store, names[:depth]), _LOOKED_AT))
                return f": there is no {_KINDS[depth]} {name!r}. {_instead(name, known)}".rstrip()
        return "."


def _instead(name: str, known: Sequence[str]) -> str:
    if not known:
        return ""
    more = ", …" if len(known) > _SHOWN else ""
    return suggest(name, known, "{0!r}") or f"There are: {', '.join(known[:_SHOWN])}{more}."


def _siblings(store: Store, parents: tuple[str, ...]) -> Iterable[str]:
    """Return the names below an object, newest first where there may be many."""
    if not parents:
        return store.flows()
    if len(parents) == 1:
        return store.runs(*parents)
    if len(parents) == 2:
        return store.steps(*parents)
    if len(parents) == 3:
        return store.tasks(*parents)
    record = store.read_newest(TaskAddress(*parents))
    return sorted(record.artifacts) if record is not None else []


def _is_there(store: Store, names: tuple[str, ...]) -> bool:
    if len(names) == 2:  # runs that are not marked are there as well
        return store.read_run(*names) is not None or bool(store.steps(*names))
    return names[-1] in _siblings(store, names[:-1])
