"""From a card and its components to what is kept of it. TASK phase, in the process of the attempt."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from airflow_provider_flows.cards.builtin import BlankCard, DefaultCard, ErrorCard, is_page
from airflow_provider_flows.cards.card import MetaflowCard
from airflow_provider_flows.cards.component import rendered
from airflow_provider_flows.cards.plain import plain, to_json, type_name
from airflow_provider_flows.cards.spec import CardSpec
from airflow_provider_flows.errors import DecoratorError
from airflow_provider_flows.flow.current import current
from airflow_provider_flows.store.card import HTML, PAGE

LARGEST = 64 << 20
"""Bytes of a card."""
_FINAL = "final"
"""The token of HTML that is not made again."""


@dataclass(frozen=True)
class Content:
    """What is kept of a card: its format, its bytes, and its data."""

    format: str
    content: bytes
    data: Any = None


def make_card(spec: CardSpec, components: Sequence[Any], graph: Any, flow: Any, data: Any = None) -> MetaflowCard:
    """Return the card, given what its class takes; DecoratorError for a type that is not known here."""
    if spec.cls is None:
        raise DecoratorError(f"no card of type {spec.type!r} is installed where the step ran")
    given: dict[str, Any] = {"components": [rendered(each) for each in components], "graph": graph, "flow": flow}
    if spec.options:
        given["options"] = dict(spec.options)
    card = spec.cls(**_taken(spec.cls, given))
    card.runtime_data = {"user": data}
    return card


def content_of(card: MetaflowCard, warnings: Sequence[str] = (), data: Any = None) -> Content:
    """Return what is kept of a card once the step is over."""
    if is_page(card):
        return _page(card.page(_task_for(card)), warnings, data)  # type: ignore[attr-defined]
    return _html(_with_token(card.render(current.task), _FINAL), data)


class LiveCard:
    """A card while its step runs: its HTML is made anew as its class's RELOAD_POLICY says, its data each time."""

    def __init__(self) -> None:
        self._token: str | None = None
        self._html = ""

    def content(self, card: MetaflowCard, data: Any = None) -> Content:
        """Return what is kept of the card now."""
        if is_page(card):
            page = card.page(_task_for(card))  # type: ignore[attr-defined]
            return _page({**page, "live": True}, (), data)
        given, task = {"user": data}, current.task
        token = card.reload_content_token(task, given) if card.RELOAD_POLICY == card.RELOAD_POLICY_ONCHANGE else ""
        if card.RELOAD_POLICY == card.RELOAD_POLICY_ALWAYS or token != self._token:
            self._token, self._html = token, _with_token(card.render_runtime(task, given), token)
        return _html(self._html, plain(card.refresh(task, given)))


def error_content(title: str, error: str, components: Sequence[Any] = ()) -> Content:
    """Return the card that says why there is no other one."""
    card = ErrorCard(options={"title": title, "error": error}, components=[rendered(each) for each in components])
    return _page(card.page(None), (), None)


def _task_for(card: MetaflowCard) -> Any:
    """Return the task as the client shows it; None for our own classes, which do not need to look it up."""
    return None if type(card) in (BlankCard, DefaultCard) else current.task


def _page(page: Mapping[str, Any], warnings: Sequence[str], data: Any) -> Content:
    content = to_json(plain({**page, "warnings": list(warnings)}))
    return Content(PAGE, _checked(content), plain(data))


def _html(html: Any, data: Any) -> Content:
    if not isinstance(html, str):
        raise DecoratorError(f"render() returned {type_name(html)}, not a text")
    return Content(HTML, _checked(str.encode(html, "utf-8", "backslashreplace")), plain(data))


def _with_token(html: Any, token: str) -> Any:
    return html.replace(MetaflowCard.RELOAD_POLICY_TOKEN, token) if isinstance(html, str) else html


def _checked(content: bytes) -> bytes:
    if len(content) > LARGEST:
        raise DecoratorError(
            f"it has {len(content):,} bytes, and a card may have {LARGEST:,}: show less, or smaller pictures"
        )
    return content


def _taken(cls: type, given: dict[str, Any]) -> dict[str, Any]:
    """Return those of `given` that the class takes: cards were written for several versions of Metaflow."""
    try:
        parameters = inspect.signature(cls).parameters
    except (TypeError, ValueError):
        return given
    if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values()):
        return given
    return {name: value for name, value in given.items() if name in parameters}
