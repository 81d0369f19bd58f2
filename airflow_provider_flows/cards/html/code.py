"""Source code to HTML. Any process that shows cards."""

from __future__ import annotations

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import JsonLexer, PythonLexer, YamlLexer

_LEXERS = {"python": PythonLexer, "json": JsonLexer, "yaml": YamlLexer}
_LARGEST = 200_000
"""Characters that are coloured."""


def code(text: object, language: str) -> Markup:
    """Return source code as HTML, its words marked by classes that the page's style sheet colours."""
    source = str(text)
    if len(source) > _LARGEST:
        return Markup("<pre>%s</pre>") % source
    return Markup(highlight(source, _LEXERS[language](), HtmlFormatter(nowrap=False, cssclass="code")))
