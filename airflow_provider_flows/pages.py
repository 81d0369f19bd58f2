"""Where the project's pages are: who installed a package has no folder `docs/`. Any process; imports nothing."""

from __future__ import annotations

HOME = "https://github.com/airflow-provider-flows/airflow-provider-flows"


def page(path: str) -> str:
    """Return the address of a page of the project, such as `docs/differences.md#names`."""
    return f"{HOME}/blob/main/{path}"
