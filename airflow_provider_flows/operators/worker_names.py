"""What a flow expects to find in its process: its environment variables, and `import metaflow`. Worker."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping

from airflow_provider_flows.metaflow_compat import metaflow_names


@contextlib.contextmanager
def worker_names(environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """While the block runs, flows find the environment variables and the names that they expect."""
    with _environment(environment or {}), metaflow_names():
        yield


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables while the block runs: `dag.test()` runs many tasks in one process."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
