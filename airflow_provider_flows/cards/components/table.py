"""A table of texts and other components. TASK phase."""

from __future__ import annotations

from typing import Any, Sequence

from airflow_provider_flows.cards.component import MetaflowCardComponent, is_component, rendered
from airflow_provider_flows.cards.frames import MOST_COLUMNS, MOST_ROWS, cells_of_frame
from airflow_provider_flows.cards.plain import module_of, text_of, type_name

_LONGEST_CELL = 2000


class Table(MetaflowCardComponent):
    """Rows of texts, numbers and components, below headers."""

    REALTIME_UPDATABLE = True

    def __init__(
        self,
        data: Sequence[Sequence[Any]] | None = None,
        headers: Sequence[str] | None = None,
        disable_updates: bool = False,
    ) -> None:
        self._disable_updates, self._headers = disable_updates, _headers(headers)
        self._take(data)

    def update(self, data: Any = None, headers: Sequence[str] | None = None) -> None:
        """Take other rows, and other headers where they are given."""
        if self._disable_updates:
            return
        if data is not None:
            self._take(data)
        if headers is not None:
            self._headers = _headers(headers)

    @classmethod
    def from_dataframe(cls, dataframe: Any = None, truncate: bool = True) -> Table:
        """Return a table of a data frame of pandas, polars or PyArrow: all of it, or with `truncate` its first part."""
        if dataframe is None:
            return cls()
        headers, rows, note = cells_of_frame(dataframe, *((MOST_ROWS, MOST_COLUMNS) if truncate else (None, None)))
        table = cls(rows, headers)
        table._note = note
        return table

    def _take(self, data: Any) -> None:
        """Take rows; of what holds none, the table says so."""
        if module_of(data) == "numpy" and hasattr(data, "tolist"):
            data = data.tolist()
        is_rows = isinstance(data, (list, tuple))
        self._rows = [list(row) if isinstance(row, (list, tuple)) else [row] for row in data] if is_rows else []
        self._note = "" if is_rows or data is None else f"No rows: the table was given {type_name(data)}"

    def render(self) -> dict[str, Any]:
        return {
            "type": "table",
            "columns": [text_of(name) for name in self._headers],
            "data": [[_cell(cell) for cell in row] for row in self._rows],
            "note": self._note,
        }


def _headers(headers: Any) -> list[Any]:
    return list(headers) if isinstance(headers, (list, tuple)) else []


def _cell(cell: Any) -> Any:
    if is_component(cell):
        return rendered(cell)
    return text_of(cell, _LONGEST_CELL)
