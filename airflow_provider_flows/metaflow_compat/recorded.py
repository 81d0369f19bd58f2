"""Under which name an exception is recorded: flows compare that text. TASK phase."""

from __future__ import annotations

from functools import cache

from airflow_provider_flows.metaflow_compat.names import MODULES


def type_name(kind: type[BaseException]) -> str:
    """Return an exception type's `module.Class`; of one that Metaflow has as well, the name that it has there.

    So `self.failure.type == "metaflow.plugins.timeout_decorator.TimeoutException"` holds wherever a flow runs.
    """
    return _names().get(f"{kind.__module__}.{kind.__qualname__}", f"{kind.__module__}.{kind.__qualname__}")


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for module in ("metaflow.exception", *MODULES):  # first where most of them are defined; others repeat some
        for name, home in MODULES[module].items():
            if home.startswith("errors."):
                found.setdefault(f"airflow_provider_flows.{home}", f"{module}.{name}")
    return found
