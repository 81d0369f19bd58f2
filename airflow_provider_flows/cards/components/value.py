"""Single values: a box with one, and a bar that shows how far something has come. TASK phase."""

from __future__ import annotations

from typing import Any

from airflow_provider_flows.cards.component import MetaflowCardComponent
from airflow_provider_flows.cards.plain import plain, text_of
from airflow_provider_flows.errors import UsageError

THEMES = ("default", "success", "warning", "danger", "bg-gradient-indigo-purple")


class ProgressBar(MetaflowCardComponent):
    """How far something has come: `value` of `max`."""

    REALTIME_UPDATABLE = True

    def __init__(
        self,
        max: float = 100,
        label: str | None = None,
        value: float = 0,
        unit: str | None = None,
        metadata: str | None = None,
    ) -> None:
        self._max, self._label, self._value, self._unit, self._metadata = max, label, value, unit, metadata

    def update(self, new_value: float, metadata: str | None = None) -> None:
        self._value = new_value
        if metadata is not None:
            self._metadata = metadata

    def render(self) -> dict[str, Any]:
        return {
            "type": "progressBar",
            "max": plain(self._max),
            "value": plain(self._value),
            "label": _text(self._label),
            "unit": _text(self._unit),
            "details": _text(self._metadata),
        }


class ValueBox(MetaflowCardComponent):
    """One value, large: a metric and how it changed. UsageError for a theme that there is not."""

    REALTIME_UPDATABLE = True

    def __init__(
        self,
        title: str | None = None,
        value: Any = "",
        subtitle: str | None = None,
        theme: str | None = None,
        change_indicator: str | None = None,
    ) -> None:
        self._shown: dict[str, Any] = {}
        self.update(title, value, subtitle, theme, change_indicator)

    def update(
        self,
        title: str | None = None,
        value: Any = None,
        subtitle: str | None = None,
        theme: str | None = None,
        change_indicator: str | None = None,
    ) -> None:
        if theme is not None and theme not in THEMES:
            raise UsageError(f"ValueBox has no theme {theme!r}. There are: {', '.join(THEMES)}.")
        given = {
            "title": title,
            "value": value,
            "subtitle": subtitle,
            "theme": theme,
            "change_indicator": change_indicator,
        }
        self._shown.update({name: each for name, each in given.items() if each is not None})

    def render(self) -> dict[str, Any]:
        return {"type": "valueBox", **{name: text_of(each) for name, each in self._shown.items()}}


def _text(value: Any) -> str | None:
    return None if value is None else text_of(value)
