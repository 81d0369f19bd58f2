"""The first rows of a data frame, as text: of pandas, polars and PyArrow; none of them is imported. TASK phase."""

from __future__ import annotations

import sys
from typing import Any

from airflow_provider_flows.cards.plain import module_of, text_of, type_name
from airflow_provider_flows.errors import UsageError

MOST_ROWS, MOST_COLUMNS = 10, 20
_FRAMES = {"pandas": ("DataFrame", "Series"), "polars": ("DataFrame", "Series"), "pyarrow": ("Table", "RecordBatch")}


def is_frame(value: Any) -> bool:
    """Whether a value is a data frame of one of these packages, and not of a subclass of somebody's."""
    package = module_of(value).partition(".")[0]
    module = sys.modules.get(package)
    return any(type(value) is getattr(module, name, None) for name in _FRAMES.get(package, ()))


def cells_of_frame(frame: Any, rows: int | None, columns: int | None) -> tuple[list[str], list[list[str]], str]:
    """Return headers, rows and a note on what is left out; UsageError for what is no data frame."""
    package = module_of(frame).partition(".")[0]
    if not is_frame(frame):
        raise UsageError(f"{type_name(frame)} is not a data frame of pandas, polars or PyArrow.")
    if type(frame).__name__ == "Series":
        frame = frame.to_frame()
    height, width = (frame.num_rows, frame.num_columns) if package == "pyarrow" else frame.shape
    rows = height if rows is None else min(rows, height)
    columns = width if columns is None else min(columns, width)
    headers, cells = (_pandas if package == "pandas" else _arrow if package == "pyarrow" else _polars)(
        frame, rows, columns
    )
    left_out = rows < height or columns < width
    note = f"{height:,} rows, {width:,} columns" + (
        f"; the first {rows:,} and {columns:,} are shown" if left_out else ""
    )
    return headers, cells, note


def _pandas(frame: Any, rows: int, columns: int) -> tuple[list[str], list[list[str]]]:
    part = frame.iloc[:rows, :columns]
    names = [text_of(name) for name in part.columns.tolist()]
    values = [part.iloc[:, place].tolist() for place in range(columns)]
    if type(part.index).__name__ == "RangeIndex":
        return names, _across(values, rows)
    index = part.index.tolist()
    return [" / ".join(text_of(name) for name in part.index.names if name is not None), *names], _across(
        [index, *values], rows
    )


def _polars(frame: Any, rows: int, columns: int) -> tuple[list[str], list[list[str]]]:
    part = frame.head(rows)
    names = part.columns[:columns]
    return list(names), _across([part[name].to_list() for name in names], rows)


def _arrow(frame: Any, rows: int, columns: int) -> tuple[list[str], list[list[str]]]:
    part = frame.slice(0, rows)
    values = [part.column(place).to_pylist() for place in range(columns)]
    return list(part.schema.names[:columns]), _across(values, rows)


def _across(columns: list[list[Any]], rows: int) -> list[list[str]]:
    return [[text_of(column[row]) for column in columns] for row in range(rows)]
