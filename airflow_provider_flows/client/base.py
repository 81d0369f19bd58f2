"""What flows, runs, steps, tasks and artifacts have in common. Any process; read only."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Any, ClassVar, Generic, Iterator, TypeVar

from airflow_provider_flows.client.missing import ObjectNotFound
from airflow_provider_flows.client.namespaces import is_visible
from airflow_provider_flows.client.pathspec import format_names, readings
from airflow_provider_flows.client.runinfo import RunInfo
from airflow_provider_flows.client.scope import Scope, current_scope
from airflow_provider_flows.errors import InvalidPathspec, NamespaceMismatch, NotFound

Child = TypeVar("Child")
Same = TypeVar("Same", bound="ClientObject[Any]")

_KINDS = ("Flow", "Run", "Step", "Task", "DataArtifact")
_LEVELS = ("Flow", "run", "step", "task", "artifact")


class Container(Generic[Child]):
    """Something with named children: `parent[name]`, `name in parent`, `for child in parent`."""

    def __iter__(self) -> Iterator[Child]:
        raise NotImplementedError

    def _child(self, name: str) -> Child:
        """Return one child; NotFound."""
        raise NotImplementedError

    def __getitem__(self, name: str) -> Child:
        try:
            return self._child(name)
        except NotFound as error:
            raise KeyError(name) from error

    def _ipython_key_completions_(self) -> list[str]:
        return [child.id for child in self]  # type: ignore[attr-defined]

    def __contains__(self, name: object) -> bool:
        try:
            return isinstance(name, str) and self._child(name) is not None
        except (NotFound, NamespaceMismatch):
            return False


class ClientObject(Container[Child]):
    """Something in a store, by its names. Made by users from a pathspec, by its parent from what is known already.

    Raises InvalidPathspec, NotFound and NamespaceMismatch when it is made from a pathspec. Equal to any object of the
    same kind, store and pathspec; can be pickled, and then reads the same store from the same namespace.
    """

    _depth: ClassVar[int]
    """How many names there are in a pathspec."""

    _scope: Scope
    _names: tuple[str, ...]

    def __init__(self, pathspec: str, *, root: str | None = None, _namespace_check: bool = True) -> None:
        self._scope = current_scope(root, _namespace_check)
        self._names = self._find(pathspec)
        self._require(self._exists())

    @classmethod
    def _of(cls: type[Same], scope: Scope, names: tuple[str, ...], **state: Any) -> Same:
        """Make an object that is known to exist, or whose existence the caller checks."""
        made = cls.__new__(cls)
        made.__dict__.update(state, _scope=scope, _names=names)
        return made

    @classmethod
    def _at(cls: type[Same], *names: str) -> Same:
        """Return what has these names in the store at hand, in any namespace; NotFound."""
        made = cls._of(current_scope(namespace_check=False), names)
        made._require(made._exists())
        return made

    def _exists(self) -> bool:
        raise NotImplementedError

    # Names

    @property
    def id(self) -> str:
        """The last component of the pathspec, not encoded."""
        return self._names[-1]

    @property
    def pathspec(self) -> str:
        return format_names(self._names)

    @property
    def path_components(self) -> list[str]:
        return list(self._names)

    @property
    def parent(self) -> Any:
        """The flow of a run, the run of a step and so on; None of a flow."""
        if self._depth == 1:
            return None
        # By name, because each kind's module imports that of its children.
        kind = getattr(import_module("airflow_provider_flows.client"), _KINDS[self._depth - 2])
        return kind._of(self._scope, self._names[:-1])

    @property
    def origin_pathspec(self) -> str | None:
        """The same object of the run that this one resumes; None unless the run was resumed.

        Of a task and its artifacts, None unless they were taken over from there (Metaflow 2.19).
        """
        origin = self._info.origin_run_id
        return None if origin is None else format_names((self._names[0], origin, *self._names[2:]))

    # Tags live on the run alone

    @property
    def tags(self) -> frozenset[str]:
        return self._info.tags

    @property
    def user_tags(self) -> frozenset[str]:
        return self._info.user_tags

    @property
    def system_tags(self) -> frozenset[str]:
        return self._info.system_tags

    def is_in_namespace(self) -> bool:
        """Say whether the object can be seen from the namespace that was in force when it was made."""
        return is_visible(self.tags, self._scope.namespace)

    @property
    def _info(self) -> RunInfo:
        """What the run's record says now."""
        return self._scope.run_info(*self._names[:2]) or RunInfo()

    # Finding

    def _find(self, pathspec: str) -> tuple[str, ...]:
        """Return the names that `pathspec` means in this store."""
        found = list(readings(pathspec, self._depth)) if isinstance(pathspec, str) else []
        if not found:
            raise InvalidPathspec(f"{pathspec!r} does not name a {self._kind}: expected {self._form}")
        for names in found:
            self._names = names
            if self._depth == 1:
                return names
            info = self._scope.run_info(*names[:2])
            if info is not None:
                self._require_visible(info)
                return names
        if pathspec.count("/") >= self._depth:
            raise InvalidPathspec(f"{pathspec!r} has too many components: expected {self._form}")
        self._names = found[0]
        raise self._not_found()

    def _require(self, exists: bool) -> None:
        if not exists:
            raise self._not_found()

    def _require_visible(self, info: RunInfo) -> None:
        if not is_visible(info.tags, self._scope.namespace):
            owners = sorted(tag for tag in info.tags if tag.startswith(("user:", "production:")))
            shows_it = "".join(f"namespace({owner!r}) shows it; " for owner in owners[:1])
            raise NamespaceMismatch(
                f"{self!r} is not in the namespace {self._scope.namespace!r}: {shows_it}"
                "namespace(None) shows everything."
            )

    def _not_found(self) -> NotFound:
        return ObjectNotFound(repr(self), self._scope.store, self._names)

    @property
    def _kind(self) -> str:
        return type(self).__name__.lower()

    @property
    def _form(self) -> str:
        return f"{type(self).__name__}('{'/'.join(_LEVELS[: self._depth])}')"

    # Python

    def _state(self) -> dict[str, Any]:
        """What an object is beside its names and its scope."""
        return {}

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), self._scope, self._names, self._state())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ClientObject) or type(other) is not type(self):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity()[:2])

    def _identity(self) -> tuple[object, ...]:
        return self._scope.store.root, self._names, self._state()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.pathspec!r})"


def _restore(
    kind: type[ClientObject[Any]], scope: Scope, names: tuple[str, ...], state: dict[str, Any]
) -> ClientObject[Any]:
    return kind._of(scope, names, **state)


def moment(seconds: float) -> datetime:
    """Return a time as the client shows it: local and without a zone, as in Metaflow 2.19."""
    return datetime.fromtimestamp(seconds)
