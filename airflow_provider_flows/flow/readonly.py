"""Parameters and class constants as a step sees them: loaded when first read, never to be set. TASK phase."""

from __future__ import annotations

from typing import Any, Callable, Iterable

from airflow_provider_flows.flow.config import configs_of
from airflow_provider_flows.flow.owned import Owned


class ReadOnly(Owned):
    """A data descriptor in front of a flow-level artifact: reading loads it once, setting it is an error."""

    def __init__(self, name: str, flow_class: type, shown_as: Callable[[Any], Any] | None = None) -> None:
        self.name, self.flow_class, self._shown_as = name, flow_class, shown_as

    def __get__(self, flow: Any, owner: type) -> Any:
        if flow is None:
            return self
        cache = flow._flows_state.flow_level
        if self.name not in cache:
            value = flow._flows_state.load(self.name)
            cache[self.name] = self._shown_as(value) if self._shown_as else value
        return cache[self.name]


def with_read_only(flow_class: type, names: Iterable[str]) -> type:
    """Return `flow_class` with the named attributes read-only, as a class of the same name.

    A class of its own for each attempt, so that nothing of one attempt can be seen by another in the same process.
    """
    shown_as = {name: config._shown for name, config in configs_of(flow_class).items()}
    namespace: dict[str, Any] = {name: ReadOnly(name, flow_class, shown_as.get(name)) for name in names}
    namespace.update(__module__=flow_class.__module__, __qualname__=flow_class.__qualname__, __doc__=flow_class.__doc__)
    return type(flow_class.__name__, (flow_class,), namespace)
