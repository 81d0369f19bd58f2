"""The cards that come with the package: `default`, `blank` and `error`. TASK phase.

Each makes a page of plain data, which is kept; readers lay it out. `render` lays it out at once, for cards that build
on them.
"""

from __future__ import annotations

from typing import Any, Iterator, Mapping, Sequence

from airflow_provider_flows.cards.card import MetaflowCard
from airflow_provider_flows.cards.component import rendered
from airflow_provider_flows.cards.plain import plain, text_of
from airflow_provider_flows.cards.task_facts import sections_of


class PageCard(MetaflowCard):
    """A card that is a page of components."""

    ALLOW_USER_COMPONENTS = True
    RUNTIME_UPDATABLE = True
    RELOAD_POLICY = MetaflowCard.RELOAD_POLICY_ONCHANGE

    def __init__(
        self,
        options: Mapping[str, Any] | None = None,
        components: Sequence[Any] = (),
        graph: Any = None,
        flow: Any = None,
        **kwargs: Any,
    ) -> None:
        self._options, self._components, self._flow = dict(options or {}), list(components), flow

    def page(self, task: Any) -> dict[str, Any]:
        """Return the page as plain data; `task` is the task as the client shows it, or None."""
        title = self._options.get("title")
        contents = [rendered(each) if not isinstance(each, dict) else each for each in self._components]
        return {"type": "page", "title": None if title is None else text_of(title), "contents": contents}

    def render(self, task: Any) -> str:
        """Return the page as HTML, complete in itself."""
        from airflow_provider_flows.cards.html.page import page_html  # templates, where somebody wants HTML

        return page_html(plain(self.page(task)))

    def render_runtime(self, task: Any, data: Any) -> str:
        return self.render(task)

    def refresh(self, task: Any, data: Any) -> Any:
        return data


class BlankCard(PageCard):
    """What was appended, and nothing else; `options={"title": …}` gives it a title."""

    type = "blank"


class DefaultCard(PageCard):
    """The task, what was appended, parameters, artifacts and the flow; Metaflow's options for it change nothing."""

    type = "default"

    def page(self, task: Any) -> dict[str, Any]:
        page = super().page(task)
        if self._flow is None:
            return page
        return {**page, "contents": [*sections_of(self._flow, page["contents"])]}


class ErrorCard(PageCard):
    """What stands where a card could not be made: `options={"title": …, "error": …}`."""

    type = "error"
    ALLOW_USER_COMPONENTS = False
    RUNTIME_UPDATABLE = False

    def page(self, task: Any) -> dict[str, Any]:
        return {**super().page(task), "contents": list(self._said())}

    def _said(self) -> Iterator[dict[str, Any]]:
        title = text_of(self._options.get("title", "The card could not be made"))
        yield {"type": "error", "title": title, "data": text_of(self._options.get("error", ""), 100_000)}
        yield from self._components


def is_page(card: MetaflowCard) -> bool:
    """Whether a card's page can be kept as data: its HTML is what this package makes of it."""
    return isinstance(card, PageCard) and type(card).render is PageCard.render
