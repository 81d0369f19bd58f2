"""The bottom of a terminal: some rows that are drawn over and over, and text that scrolls above them. LAUNCH phase.

The cursor stays visible, at the end of the rows, and no mode of the terminal is changed: whenever the process ends,
there is nothing to restore.
"""

from __future__ import annotations

import os
import re
import select
from collections.abc import Sequence

from airflow_provider_flows.errors import OutputLost, reason_of
from rich.cells import cell_len

_CODES = re.compile(r"\x1b\[[0-9;]*m")


class Screen:
    """Draws on the terminal behind a file descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rows: Sequence[str] = ()
        self._columns = 0

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows; 80 and 24 where the terminal does not say."""
        try:
            columns, rows = os.get_terminal_size(self._descriptor)
        except OSError:
            columns = rows = 0
        return columns or 80, rows or 24

    def draw(self, text: str, rows: Sequence[str]) -> None:
        """Add whole lines of text above, and replace the rows; each must be narrower than the terminal."""
        columns, _ = self.size
        data = self._erase(columns) + text + "\n".join(rows)
        self._rows, self._columns = rows, columns
        _write_all(self._descriptor, data.encode("utf-8", "backslashreplace"))

    def leave(self) -> None:
        """Go on below the rows."""
        if self._rows:
            _write_all(self._descriptor, b"\n")
        self._rows = ()

    def _erase(self, columns: int) -> str:
        if not self._rows:
            return ""
        height = len(self._rows)
        if columns < self._columns:  # terminals wrap anew what has become too wide
            height = sum(max(1, -(-cell_len(_CODES.sub("", row)) // columns)) for row in self._rows)
        up = f"\x1b[{height - 1}A" if height > 1 else ""
        return f"\r{up}\x1b[J"


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view) :]
        except BlockingIOError:  # another process may have made the terminal so
            select.select([], [descriptor], [])
        except OSError as error:
            raise OutputLost(f"The terminal could not be written: {reason_of(error)}") from error
