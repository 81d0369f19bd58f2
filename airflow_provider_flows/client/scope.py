"""Where client objects are looked up: one store, seen from one namespace. Any process; read only."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from airflow_provider_flows.client.namespaces import get_namespace, is_visible
from airflow_provider_flows.client.runinfo import RunInfo
from airflow_provider_flows.context import current_context
from airflow_provider_flows.store import Store, open_store, resolve_root

_chosen_root: str | None = None


@dataclass(frozen=True)
class Scope:
    """A store and a namespace; None shows all runs. Pickled with the store's address."""

    store: Store
    namespace: str | None

    def run_info(self, flow: str, run: str) -> RunInfo | None:
        """Return what is known of a run, None when it left nothing."""
        info = self.store.read_run(flow, run)
        if info is not None:
            return RunInfo.from_record(info)
        return RunInfo() if self.store.steps(flow, run) else None

    def visible_run(self, flow: str, run: str) -> RunInfo | None:
        """Return what is known of a run, None when it left nothing or is not in the namespace."""
        info = self.run_info(flow, run)
        return info if info is not None and is_visible(info.tags, self.namespace) else None


def current_scope(root: str | None = None, namespace_check: bool = True) -> Scope:
    """Return the scope of objects that are made now: of `root`, or of the store that `current_store` finds."""
    return Scope(current_store(root), get_namespace() if namespace_check else None)


def current_store(root: str | None = None) -> Store:
    """Open `root`; else what `use_store` said; else, inside a step, its run's store; else `resolve_root` decides."""
    chosen = root or _chosen_root
    return (_of_task() if chosen is None else None) or open_store(chosen)


def current_root() -> str:
    """Return the root of the store that `current_store` would open, without opening it."""
    of_task = _of_task() if _chosen_root is None else None
    return resolve_root(_chosen_root) if of_task is None else of_task.root


def _of_task() -> Store | None:
    store = current_context().flow_datastore
    return store if isinstance(store, Store) else None


def use_store(root: str | None) -> ExitStack:
    """Read from the store at `root` from now on, in this process; in a `with` block, until it ends.

    None goes back to `FLOWS_DATASTORE_ROOT`, Airflow's configuration and the default, as `resolve_root` says.
    """
    stack = ExitStack()
    stack.callback(_choose, _chosen_root)
    _choose(root)
    return stack


def _choose(root: str | None) -> None:
    global _chosen_root
    _chosen_root = root
