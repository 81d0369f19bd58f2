"""What pages are made of: sections, titles, texts. Names are those of Metaflow's own cards. TASK phase."""

from __future__ import annotations

from typing import Any, Sequence

from airflow_provider_flows.cards.component import MetaflowCardComponent, rendered
from airflow_provider_flows.cards.plain import text_of


class SectionComponent(MetaflowCardComponent):
    """Components under a title."""

    def __init__(
        self,
        title: str | None = None,
        subtitle: str | None = None,
        columns: int | None = None,
        contents: Sequence[Any] = (),
    ) -> None:
        self._title, self._subtitle, self._contents = title, subtitle, contents

    def render(self) -> dict[str, Any]:
        return {
            "type": "section",
            "title": None if self._title is None else text_of(self._title),
            "subtitle": None if self._subtitle is None else text_of(self._subtitle),
            "contents": [rendered(each) for each in self._contents],
        }


class PageComponent(SectionComponent):
    """A page of components, under a title."""

    def __init__(self, title: str | None = None, subtitle: str | None = None, contents: Sequence[Any] = ()) -> None:
        super().__init__(title, subtitle, None, contents)


class TextComponent(MetaflowCardComponent):
    """A text as it stands."""

    _type = "text"

    def __init__(self, text: str | None = None) -> None:
        self._text = text

    def render(self) -> dict[str, Any]:
        return {"type": self._type, "text": "" if self._text is None else text_of(self._text, longest=100_000)}


class TitleComponent(TextComponent):
    """A title."""

    _type = "title"


class SubTitleComponent(TextComponent):
    """A text below a title."""

    _type = "subtitle"


class ErrorComponent(MetaflowCardComponent):
    """What went wrong, under a headline."""

    def __init__(self, headline: str, error_message: str) -> None:
        self._headline, self._message = headline, error_message

    def render(self) -> dict[str, Any]:
        return {"type": "error", "title": text_of(self._headline), "data": text_of(self._message, longest=100_000)}
