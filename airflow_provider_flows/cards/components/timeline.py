"""Events, the newest first, as something goes on. TASK phase."""

from __future__ import annotations

import time
from collections import deque
from typing import Any, Deque, Mapping

from airflow_provider_flows.cards.component import MetaflowCardComponent, rendered
from airflow_provider_flows.cards.plain import plain, text_of, type_name
from airflow_provider_flows.errors import UsageError

STYLES = ("default", "success", "warning", "error", "info", "primary", "secondary", "tool_call", "ai_response")
PRIORITIES = ("low", "normal", "high", "critical")


class EventsTimeline(MetaflowCardComponent):
    """Events with their data, the newest first; the last `max_events` of them are kept.

    UsageError for an event that is no dict, a style or a priority that there is not.
    """

    REALTIME_UPDATABLE = True

    def __init__(self, title: str | None = None, max_events: int = 100) -> None:
        self._title = title
        self._events: Deque[dict[str, Any]] = deque(maxlen=max_events)
        self._total, self._finished = 0, False
        self._first: float | None = None
        self._last: float | None = None

    def update(
        self,
        event_data: Mapping[str, Any],
        style_theme: str | None = None,
        priority: str | None = None,
        payloads: Mapping[str, MetaflowCardComponent] | None = None,
        finished: bool | None = None,
    ) -> None:
        """Add an event: its data by name, and components by name."""
        if not isinstance(event_data, Mapping):
            raise UsageError(f"EventsTimeline takes the data of an event as a dict, not {type_name(event_data)}.")
        _require("style_theme", style_theme, STYLES)
        _require("priority", priority, PRIORITIES)
        now = time.time()
        self._total, self._first, self._last = self._total + 1, self._first or now, now
        if finished is not None:
            self._finished = bool(finished)
        self._events.append(
            {
                "metadata": {text_of(name): text_of(value, 2000) for name, value in event_data.items()},
                "payloads": dict(payloads or {}),
                "received_at": now,
                "style_theme": style_theme or "default",
                "priority": priority or "normal",
            }
        )

    def get_stats(self) -> dict[str, Any]:
        """Return how many events there were, how many are shown, and when the first and the last came."""
        return {
            "total_events": self._total,
            "displayed_events": len(self._events),
            "last_update": self._last,
            "first_event": self._first,
            "finished": self._finished,
        }

    def render(self) -> dict[str, Any]:
        events = [
            {**event, "payloads": {text_of(name): rendered(each) for name, each in event["payloads"].items()}}
            for event in reversed(list(self._events))
        ]
        title = None if self._title is None else text_of(self._title)
        return {"type": "eventsTimeline", "title": title, "events": plain(events), "stats": self.get_stats()}


def _require(name: str, value: str | None, known: tuple[str, ...]) -> None:
    if value is not None and value not in known:
        raise UsageError(f"EventsTimeline has no {name} {value!r}. There are: {', '.join(known)}.")
