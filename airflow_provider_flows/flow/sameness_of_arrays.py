"""Whether two arrays, or two data frames, say the same: NumPy's and pandas', however they lie in memory. TASK phase.

Nothing is imported: where such a value is, its library is, too.
"""

from __future__ import annotations

import sys
from typing import Any

from airflow_provider_flows.flow.sameness import Compare, Comparison


def compared(kind: type) -> Compare | None:
    """Return how values of a type of either library's own are compared; None where that is not known."""
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if numpy is not None and kind is numpy.ndarray:
        return _ndarray
    if numpy is not None and issubclass(kind, numpy.generic):
        return _scalar if kind.__module__ == "numpy" else None
    return None if pandas is None else _of_pandas(pandas, kind)


def _of_pandas(pandas: Any, kind: type) -> Compare | None:
    arrays, none = pandas.arrays, ()
    known: list[tuple[Any, Compare]] = [
        ((type(pandas.NA), type(pandas.NaT)), lambda comparison, one, other: True),
        (pandas.DataFrame, _frame),
        (pandas.Series, _series),
        (pandas.MultiIndex, _multi_index),
        (pandas.Index, _index),
        (pandas.Categorical, _attributes("codes", "categories", "ordered")),
        ((arrays.DatetimeArray, arrays.TimedeltaArray, arrays.PeriodArray), _moments),
        (arrays.IntervalArray, _attributes("left", "right", "closed")),
        ((arrays.IntegerArray, arrays.FloatingArray, arrays.BooleanArray), _masked),
        ((arrays.StringArray, arrays.ArrowStringArray), _objects),
        (getattr(arrays, "NumpyExtensionArray", none) or arrays.PandasArray, _as_ndarray),
    ]
    return next((compare for bases, compare in known if issubclass(kind, bases)), None)


def _attributes(*names: str) -> Compare:
    def compare(comparison: Comparison, one: Any, other: Any) -> bool:
        return all(comparison.same(getattr(one, name), getattr(other, name)) for name in names)

    return compare


def _ndarray(comparison: Comparison, one: Any, other: Any) -> bool:
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    if one.dtype.hasobject:
        return one.dtype.kind == "O" and comparison.each(one.ravel().tolist(), other.ravel().tolist())
    return not one.size or one.tobytes() == other.tobytes()


def _scalar(comparison: Comparison, one: Any, other: Any) -> bool:
    return bool(one.dtype == other.dtype and one.tobytes() == other.tobytes())


def _frame(comparison: Comparison, one: Any, other: Any) -> bool:
    columns = range(one.shape[1])
    return (
        _labelled(comparison, one, other, "columns", "index")
        and comparison.each((one.iloc[:, at].array for at in columns), (other.iloc[:, at].array for at in columns))
    )  # fmt: skip


def _series(comparison: Comparison, one: Any, other: Any) -> bool:
    return _labelled(comparison, one, other, "name", "index", "array")


def _labelled(comparison: Comparison, one: Any, other: Any, *names: str) -> bool:
    flags = one.flags.allows_duplicate_labels, other.flags.allows_duplicate_labels
    return flags[0] == flags[1] and _attributes("shape", "attrs", *names)(comparison, one, other)


def _multi_index(comparison: Comparison, one: Any, other: Any) -> bool:
    names, levels, codes = (
        [list(getattr(index, name)) for index in (one, other)] for name in ("names", "levels", "codes")
    )
    return comparison.same([names[0], levels[0], codes[0]], [names[1], levels[1], codes[1]])


def _index(comparison: Comparison, one: Any, other: Any) -> bool:
    frequencies = [getattr(index, "freqstr", None) for index in (one, other)]
    return comparison.same(
        [list(one.names), frequencies[0], one.array], [list(other.names), frequencies[1], other.array]
    )


def _moments(comparison: Comparison, one: Any, other: Any) -> bool:
    return str(one.dtype) == str(other.dtype) and comparison.same(one.asi8, other.asi8)


def _masked(comparison: Comparison, one: Any, other: Any) -> bool:
    """Compare what is missing and what is not; what lies below a mask says nothing."""
    values = [array.to_numpy(dtype=array.dtype.numpy_dtype, na_value=0) for array in (one, other)]
    return comparison.same(one.isna(), other.isna()) and comparison.same(*values)


def _objects(comparison: Comparison, one: Any, other: Any) -> bool:
    return str(one.dtype) == str(other.dtype) and comparison.same(
        one.to_numpy(dtype=object), other.to_numpy(dtype=object)
    )


def _as_ndarray(comparison: Comparison, one: Any, other: Any) -> bool:
    return comparison.same(one.to_numpy(), other.to_numpy())
