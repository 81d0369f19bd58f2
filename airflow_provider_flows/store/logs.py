"""What an attempt printed, as text that anybody can read: a time, a stream and a line. Any process."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Iterable

STDOUT, STDERR = "stdout", "stderr"
STREAMS = (STDOUT, STDERR)

_UTC = datetime.timezone.utc


@dataclass(frozen=True)
class LogLine:
    """One line that a step printed: seconds since the epoch, `stdout` or `stderr`, and the text without its end."""

    time: float
    stream: str
    text: str


def to_bytes(lines: Iterable[LogLine]) -> bytes:
    """Return lines such as `2026-11-22T00:32:05.874057Z stdout hello`."""
    text = "".join(f"{_iso(line.time)} {line.stream} {_one_line(line.text)}\n" for line in lines)
    return text.encode("utf-8", "backslashreplace")


def from_bytes(data: bytes) -> list[LogLine]:
    """Return the lines that were written; what does not look like one is the rest of the line before it."""
    lines: list[LogLine] = []
    for text in data.decode("utf-8", "replace").split("\n")[:-1]:
        moment, _, rest = text.partition(" ")
        stream, _, line = rest.partition(" ")
        try:
            lines.append(LogLine(_seconds(moment), stream if stream in STREAMS else STDERR, line))
        except ValueError:
            before = lines.pop() if lines else LogLine(0.0, STDERR, "")
            lines.append(LogLine(before.time, before.stream, before.text + text))
    return lines


def _one_line(text: str) -> str:
    return text.replace("\n", "\\n")


def _iso(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, _UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _seconds(text: str) -> float:
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=_UTC).timestamp()
