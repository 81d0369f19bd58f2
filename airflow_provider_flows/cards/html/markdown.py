"""Markdown to HTML, of text that nobody checked. Any process that shows cards."""

from __future__ import annotations

from functools import lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup


def markdown(text: object) -> Markup:
    """Return the HTML of CommonMark with tables and strike-through; HTML in the text is shown as text.

    Addresses that run code (`javascript:`) stay text, and pictures of other machines are not fetched: the page's own
    policy keeps a browser from it.
    """
    return Markup(_parser().render(str(text)))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
