"""Text in a card: Markdown, an exception, source code. TASK phase."""

from __future__ import annotations

import inspect
import textwrap
from typing import Any, Callable

from airflow_provider_flows.cards.component import MetaflowCardComponent
from airflow_provider_flows.cards.plain import text_of
from airflow_provider_flows.errors import words_of
from airflow_provider_flows.flow.tracebacks import traceback_text


class Markdown(MetaflowCardComponent):
    """A text in Markdown (CommonMark, with tables); HTML in it is shown as text."""

    REALTIME_UPDATABLE = True

    def __init__(self, text: str | None = None) -> None:
        self.update(text)

    def update(self, text: str | None = None) -> None:
        self._text = None if text is None else textwrap.dedent(text if isinstance(text, str) else text_of(text))

    def render(self) -> dict[str, Any]:
        return {"type": "markdown", "source": self._text or ""}


class Error(MetaflowCardComponent):
    """An exception with its traceback, under a title."""

    def __init__(self, exception: BaseException | str, title: str | None = None) -> None:
        self._exception, self._title = exception, title

    def render(self) -> dict[str, Any]:
        error = self._exception
        return {"type": "error", "title": None if self._title is None else text_of(self._title), "data": _story(error)}


class PythonCode(MetaflowCardComponent):
    """Source code: that of a function, or a text."""

    def __init__(self, code_func: Callable[..., Any] | None = None, code_string: str | None = None) -> None:
        self._function, self._text = code_func, code_string

    def render(self) -> dict[str, Any]:
        return {"type": "pythonCode", "data": self._source()}

    def _source(self) -> str:
        if self._text is not None:
            return textwrap.dedent(text_of(self._text, longest=1 << 20))
        if self._function is None:
            return ""
        try:
            return textwrap.dedent(inspect.getsource(self._function))
        except (OSError, TypeError) as error:
            return f"# The source is not there: {words_of(error)}"


def _story(error: object) -> str:
    if not isinstance(error, BaseException):
        return text_of(error, longest=100_000)
    return traceback_text(error) if error.__traceback__ else words_of(error)
