"""Nested data, as JSON and as YAML. TASK phase."""

from __future__ import annotations

import json
import re
from typing import Any

from airflow_provider_flows.cards.component import MetaflowCardComponent
from airflow_provider_flows.cards.plain import plain, text_of


class _Viewer(MetaflowCardComponent):
    REALTIME_UPDATABLE = True
    _title = "JSON"

    def __init__(
        self,
        data: Any,
        collapsible: bool = True,
        max_height: str | None = None,
        show_copy_button: bool = True,
        title: str | None = None,
    ) -> None:
        self._data, self._collapsible, self._max_height, self._copy = data, collapsible, max_height, show_copy_button
        if title is not None:
            self._title = text_of(title)

    def update(self, data: Any) -> None:
        self._data = data

    def render(self) -> dict[str, Any]:
        return {
            **self._written(),
            "title": self._title,
            "collapsible": bool(self._collapsible),
            "show_copy_button": bool(self._copy),
            "max_height": _height(self._max_height),
        }

    def _written(self) -> dict[str, Any]:
        raise NotImplementedError


class JSONViewer(_Viewer):
    """Data as indented JSON; a text is shown as the JSON that it is."""

    def _written(self) -> dict[str, Any]:
        return {"type": "jsonViewer", "json_string": _as_json(_read(self._data))}


class YAMLViewer(_Viewer):
    """Data as YAML; a text is shown as it stands. Where PyYAML is not installed, as JSON, which is YAML, too."""

    _title = "YAML"

    def _written(self) -> dict[str, Any]:
        if type(self._data) is str:
            return {"type": "yamlViewer", "yaml_string": self._data}
        data = plain(self._data)
        try:
            import yaml  # some 10 ms that other cards should not pay
        except ImportError:
            return {"type": "yamlViewer", "yaml_string": _as_json(data)}
        text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
        return {"type": "yamlViewer", "yaml_string": text}


def _height(given: Any) -> str | None:
    """Return a height as style sheets write it; a number is one of pixels."""
    text = f"{given}px" if type(given) in (int, float) else given
    return text if type(text) is str and re.fullmatch(r"\d+(\.\d+)?(px|em|rem|vh)", text) else None


def _read(data: Any) -> Any:
    if type(data) is not str:
        return plain(data)
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data


def _as_json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False)
