"""A card as a file that a browser can open. Any process that shows cards."""

from __future__ import annotations

import os
import tempfile


def temporary_page(html: str) -> str:
    """Return the path of a new file with this HTML, which only this user can read; the system removes it in time."""
    descriptor, path = tempfile.mkstemp(prefix="card-", suffix=".html")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(html)
    return path
