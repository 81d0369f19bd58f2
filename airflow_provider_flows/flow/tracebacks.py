"""Tracebacks as a flow's author wants them: without our frames on top of their own. TASK phase."""

from __future__ import annotations

import builtins
import traceback
from types import TracebackType

from airflow_provider_flows.errors import FlowsError, message_of
from airflow_provider_flows.local_code import is_ours
from airflow_provider_flows.metaflow_compat.recorded import type_name

_GROUP = getattr(builtins, "BaseExceptionGroup", ())  # since Python 3.11


def without_our_frames(exception: BaseException) -> BaseException:
    """Return `exception` with our frames taken out of its traceback, and of those of its causes and members."""
    seen: set[int] = set()
    links: list[BaseException | None] = [exception]
    while links:
        link = links.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        own = _trimmed(link.__traceback__)
        if own is not None or isinstance(link, FlowsError):  # our own errors say where and what, without our code
            link.__traceback__ = own
        links += [link.__cause__, link.__context__, *(link.exceptions if isinstance(link, _GROUP) else ())]
    return exception


def traceback_text(exception: BaseException) -> str:
    """Return an exception and its traceback as Python prints them, without the end of the last line."""
    return "".join(traceback.format_exception(type(exception), exception, exception.__traceback__)).rstrip("\n")


def describe(exception: BaseException) -> dict[str, str]:
    """Return an exception's type, message and traceback as text, for a record."""
    without_our_frames(exception)
    return {
        "type": type_name(type(exception)),
        "message": message_of(exception),
        "stacktrace": f"{traceback_text(exception)}\n",
    }


def raised_at(exception: BaseException) -> str:
    """Return `file:line` of the last of the author's own lines that an exception came through."""
    frames = traceback.extract_tb(exception.__traceback__)
    own = [frame for frame in frames if "importlib" not in frame.filename and not is_ours(frame.filename)] or frames
    return f"{own[-1].filename}:{own[-1].lineno}" if own else "an unknown place"


def _trimmed(frames: TracebackType | None) -> TracebackType | None:
    """Return the traceback without our frames; None where there are no others."""
    own: list[TracebackType] = []
    link = frames
    while link is not None:
        file = link.tb_frame.f_code.co_filename
        if not is_ours(file) and (own or not file.startswith("<frozen importlib")):  # which we imported the flow with
            own.append(link)
        link = link.tb_next
    rebuilt: TracebackType | None = None
    for link in reversed(own):
        rebuilt = TracebackType(rebuilt, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return rebuilt
