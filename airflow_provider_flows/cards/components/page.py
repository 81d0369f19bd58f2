"""Components under a title, as pages and sections of cards. TASK phase."""

from __future__ import annotations

from typing import Any, Sequence

from airflow_provider_flows.cards.component import MetaflowCardComponent, rendered
from airflow_provider_flows.cards.plain import text_of


class PageComponent(MetaflowCardComponent):
    """Components under a title."""

    def __init__(self, title: str | None = None, subtitle: str | None = None, contents: Sequence[Any] = ()) -> None:
        self._title, self._subtitle, self._contents = title, subtitle, contents

    def render(self) -> dict[str, Any]:
        return {
            "type": "section",
            "title": None if self._title is None else text_of(self._title),
            "subtitle": None if self._subtitle is None else text_of(self._subtitle),
            "contents": [rendered(each) for each in self._contents],
        }
