"""A picture, which travels inside of the card. TASK phase."""

from __future__ import annotations

import base64
import binascii
import io
import re
from typing import Any

from airflow_provider_flows.cards.component import FAILED, MetaflowCardComponent
from airflow_provider_flows.cards.plain import text_of, type_name

_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
)
_DATA_URI = re.compile(r"data:image/(png|jpe?g|gif|webp|bmp|svg\+xml|avif|x-icon);base64,\s*([A-Za-z0-9+/=\s]*)\Z")


class Image(MetaflowCardComponent):
    """A picture of bytes (PNG, JPEG, GIF, WebP, BMP, SVG) or of a `data:image/…;base64,…` text; nothing is fetched."""

    REALTIME_UPDATABLE = True

    def __init__(self, src: bytes | str | None = None, label: str | None = None, disable_updates: bool = True) -> None:
        self._disable_updates, self._label, self._src = disable_updates, label, src

    @classmethod
    def from_pil_image(cls, pilimage: Any, label: str | None = None, disable_updates: bool = False) -> Image:
        """Return the picture of an image of Pillow."""
        return cls(png_of_pillow(pilimage), label, disable_updates)

    @classmethod
    def from_matplotlib(cls, plot: Any, label: str | None = None, disable_updates: bool = False) -> Image:
        """Return the picture of a figure of Matplotlib, or of the figure that an axes is in."""
        return cls(png_of_figure(plot), label, disable_updates)

    def update(self, image: Any, label: str | None = None) -> None:
        """Take another picture: bytes, a data URI, an image of Pillow, a figure of Matplotlib."""
        if self._disable_updates:
            return
        if label is not None:
            self._label = label
        if hasattr(image, "savefig") or hasattr(image, "get_figure"):
            image = png_of_figure(image)
        elif not isinstance(image, (bytes, str)) and hasattr(image, "save"):
            image = png_of_pillow(image)
        self._src = image

    def render(self) -> dict[str, Any]:
        uri = data_uri(self._src)
        if uri is None:
            given = "nothing" if self._src is None else type_name(self._src)
            return {
                "type": FAILED,
                "name": "Image",
                "message": f"it was given {given}, not the bytes of a picture that is known",
            }
        return {"type": "image", "src": uri, "label": None if self._label is None else text_of(self._label)}


def data_uri(src: Any) -> str | None:
    """Return a picture as a `data:` URI; None for what is none."""
    if isinstance(src, str):
        match = _DATA_URI.match(src.strip())
        if match is None:
            return None
        try:
            data = base64.b64decode(match[2], validate=False)
        except binascii.Error:
            return None
        return _uri(match[1], data)
    kind = kind_of_picture(src) if isinstance(src, bytes) else None
    return None if kind is None else _uri(kind, src)


def png_of_pillow(image: Any) -> bytes:
    """Return an image of Pillow as PNG."""
    stream = io.BytesIO()
    try:
        image.save(stream, format="PNG")
    except OSError:  # a mode that PNG does not have, as CMYK
        image.convert("RGB").save(stream, format="PNG")
    return stream.getvalue()


def png_of_figure(plot: Any) -> bytes:
    """Return a figure of Matplotlib as PNG."""
    figure = plot if hasattr(plot, "savefig") else plot.get_figure()
    stream = io.BytesIO()
    figure.savefig(stream, format="png", bbox_inches="tight")
    return stream.getvalue()


def kind_of_picture(data: bytes) -> str | None:
    """Return `png` or the like for the bytes of a picture; None for others."""
    found = next((kind for magic, kind in _KINDS if data.startswith(magic)), None)
    if found is None and data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if found is None and re.match(
        rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE[^>]*>\s*)?<svg\b", data[:2000], re.DOTALL
    ):
        return "svg+xml"
    return found


def _uri(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
