"""What a card shows of an artifact: text, a table, a picture or a chart, by its exact type. TASK phase."""

from __future__ import annotations

import sys
from typing import Any

from airflow_provider_flows.cards.frames import MOST_COLUMNS, MOST_ROWS, cells_of_frame, is_frame
from airflow_provider_flows.cards.plain import is_known, module_of, text_of, type_name
from airflow_provider_flows.errors import words_of

_LONGEST = 500
_LARGEST_PICTURE = 300_000
"""Bytes of a picture that is shown; one of Pillow is made smaller before."""
_WIDEST = 640
_LARGEST_ARRAY = 6


def preview(value: Any) -> dict[str, Any]:
    """Return the type of a value and how to show it: `text`, or a component as `shown`; neither where it is not known.

    What a library raises meanwhile is said instead.
    """
    found = {"kind": type_name(value)}
    try:
        return {**found, **_shown(value)}
    except Exception as error:
        return {**found, "text": f"No preview: {words_of(error)}"}


def _shown(value: Any) -> dict[str, Any]:
    if is_chart(value):
        from airflow_provider_flows.cards.components.chart import VegaChart  # components show previews themselves

        return {"shown": VegaChart(value if type(value) is dict else value.to_dict()).render()}
    if is_frame(value):
        headers, rows, note = cells_of_frame(value, MOST_ROWS, MOST_COLUMNS)
        return {"shown": {"type": "table", "columns": headers, "data": rows, "note": note}}
    if _is_of("numpy", value, "ndarray"):
        return {"text": _array(value)}
    picture = _picture(value)
    if picture is not None:
        return _as_image(picture)
    return {"text": text_of(value, _LONGEST)} if is_known(value) else {}


def is_chart(value: Any) -> bool:
    """Whether a value is a specification of Vega or Vega-Lite, or a chart of Altair."""
    if type(value) is dict:
        schema = value.get("$schema")
        return type(schema) is str and "vega.github.io/schema/vega" in schema
    return module_of(value).startswith("altair.vegalite.") and hasattr(type(value), "to_dict")


def _is_of(package: str, value: Any, name: str) -> bool:
    return type(value) is getattr(sys.modules.get(package), name, object())


def _array(array: Any) -> str:
    text = f"{array.dtype} {'×'.join(map(str, array.shape)) or 'scalar'}"
    if array.dtype.kind not in "biufc" or not array.size:
        return text
    first = array.flat[:_LARGEST_ARRAY].tolist()
    more = ", …" if array.size > len(first) else ""
    return f"{text}: {', '.join(text_of(each) for each in first)}{more}"


def _picture(value: Any) -> bytes | None:
    """Return the bytes of a picture, or of a figure's."""
    from airflow_provider_flows.cards.components.image import kind_of_picture, png_of_figure, png_of_pillow

    if type(value) is bytes:
        return value if len(value) > 64 and kind_of_picture(value) is not None else None
    if _is_of("matplotlib.figure", value, "Figure"):
        return png_of_figure(value)
    if module_of(value).startswith("PIL.") and hasattr(type(value), "thumbnail"):
        smaller = value.copy()
        smaller.thumbnail((_WIDEST, _WIDEST))
        return png_of_pillow(smaller)
    return None


def _as_image(picture: bytes) -> dict[str, Any]:
    from airflow_provider_flows.cards.components.image import Image

    if len(picture) > _LARGEST_PICTURE:
        return {"text": f"A picture of {len(picture):,} bytes; append an Image to show it"}
    return {"shown": Image(picture).render()}
