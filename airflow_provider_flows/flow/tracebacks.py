"""Tracebacks as a flow's author wants them: without our frames on top of their own. TASK phase."""

from __future__ import annotations

import os
import traceback
from types import TracebackType

from airflow_provider_flows.errors import FlowsError, message_of
from airflow_provider_flows.facade.recorded import type_name

_OUR_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def without_our_frames(exception: BaseException) -> BaseException:
    """Return `exception` with our frames taken out of its traceback, and of those of its causes."""
    seen: set[int] = set()
    link: BaseException | None = exception
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        own = _trimmed(link.__traceback__)
        if own is not None or isinstance(link, FlowsError):  # our own errors say where and what, without our code
            link.__traceback__ = own
        link = link.__cause__ or link.__context__
    return exception


def describe(exception: BaseException) -> dict[str, str]:
    """Return an exception's type, message and traceback as text, for a record."""
    without_our_frames(exception)
    return {
        "type": type_name(type(exception)),
        "message": message_of(exception),
        "stacktrace": "".join(traceback.format_exception(type(exception), exception, exception.__traceback__)),
    }


def raised_at(exception: BaseException) -> str:
    """Return `file:line` of the last of the author's own lines that an exception came through."""
    frames = traceback.extract_tb(exception.__traceback__)
    own = [frame for frame in frames if "importlib" not in frame.filename and not is_ours(frame.filename)] or frames
    return f"{own[-1].filename}:{own[-1].lineno}" if own else "an unknown place"


def is_ours(file: str) -> bool:
    """Whether a file is this package's."""
    return file.startswith(_OUR_FOLDER)


def _trimmed(frames: TracebackType | None) -> TracebackType | None:
    """Return the traceback without our frames; None where there are no others."""
    own: list[TracebackType] = []
    link = frames
    while link is not None:
        if not is_ours(link.tb_frame.f_code.co_filename):
            own.append(link)
        link = link.tb_next
    rebuilt: TracebackType | None = None
    for link in reversed(own):
        rebuilt = TracebackType(rebuilt, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return rebuilt
