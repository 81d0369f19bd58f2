"""The flow inside a compiled DAG: its sources and how to set it up. Made by parsing a DAG, used in workers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from airflow_provider_flows.operators.links import may_have_page
from airflow_provider_flows.store import resolve_root

Sources = Mapping[str, str | bytes]


@dataclass(frozen=True)
class CompiledFlow:
    """A flow's name and code. `digest` names the sources, by relative path, that `sources()` returns.

    `decorators` are the strings given with `--with`; `options` are those of flow decorators, as they were at compile
    time. `datastore_root` overrides the configured root of the store; `tags` are those of every run; `configs`
    are the values of the flow's configurations, as they were at compile time. `paths` are folders among the sources
    that come on `sys.path` behind the flow's own. `locks` are the exact packages of steps that have environments.
    """

    name: str
    entry: str
    digest: str
    sources: Callable[[], Sources] = field(repr=False)
    decorators: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    datastore_root: str | None = None
    tags: tuple[str, ...] = ()
    configs: Mapping[str, Any] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    locks: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def has_pages(self) -> bool:
        """Whether a browser may be able to show the store."""
        return may_have_page(resolve_root(self.datastore_root))


def compiled_flow(
    name: str,
    *,
    entry: str,
    digest: str,
    sources: Callable[[], Sources],
    decorators: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
    datastore_root: str | None = None,
    tags: Sequence[str] = (),
    configs: Mapping[str, Any] | None = None,
    paths: Sequence[str] = (),
    locks: Mapping[str, Sequence[str]] | None = None,
) -> CompiledFlow:
    """Return the flow of a compiled DAG; `sources` is called in a worker, never when the DAG is parsed."""
    return CompiledFlow(
        name,
        entry,
        digest,
        sources,
        tuple(decorators),
        dict(options or {}),
        datastore_root,
        tuple(tags),
        dict(configs or {}),
        tuple(paths),
        dict(locks or {}),
    )
