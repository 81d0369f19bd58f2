"""What an attempt printed, as plain text: a time, a stream and a line. Any process.

With a key, a last line signs the text, and says for which attempt: a log cannot be moved to another one.
"""

from __future__ import annotations

import datetime
import hmac
import json
from dataclasses import dataclass
from typing import Iterable

from airflow_provider_flows.identity import TaskAddress

STDOUT, STDERR = "stdout", "stderr"
STREAMS = (STDOUT, STDERR)

_UTC = datetime.timezone.utc
_SIGNATURE = b"signed hmac-sha256 "
"""Begins the last line of a signed log; every other line begins with a time."""
_SIGNATURE_TAG = b"flows.log.1\0"
_NOT_SIGNED = "[This log is not signed with the key of this store: what follows may have been forged.]"


@dataclass(frozen=True)
class LogLine:
    """One line that a step printed: seconds since the epoch, `stdout` or `stderr`, and the text without its end."""

    time: float
    stream: str
    text: str


@dataclass(frozen=True)
class LogSeal:
    """Signs the log of one attempt, and tells whether one is signed; without a key, neither."""

    address: TaskAddress
    attempt: int
    key: bytes | None

    def close(self, text: bytes) -> bytes:
        """Return the text with its signature behind."""
        return text if self.key is None else b"".join((text, _SIGNATURE, self._signature(text, self.key), b"\n"))

    def open(self, data: bytes) -> tuple[bytes, bool]:
        """Return the text without its signature, and whether it can be believed."""
        start = data.rstrip(b"\n").rfind(b"\n") + 1
        if not data.startswith(_SIGNATURE, start):
            return data, self.key is None
        text, found = data[:start], data[start + len(_SIGNATURE) :].rstrip(b"\n")
        return text, self.key is None or hmac.compare_digest(found, self._signature(text, self.key))

    def _signature(self, text: bytes, key: bytes) -> bytes:
        one = self.address
        head = json.dumps([one.flow, one.run, one.step, one.task, self.attempt]).encode()
        return hmac.new(key, b"".join((_SIGNATURE_TAG, head, b"\0", text)), "sha256").hexdigest().encode()


def to_bytes(lines: Iterable[LogLine], seal: LogSeal) -> bytes:
    """Return lines such as `2026-11-22T00:32:05.874057Z stdout hello`."""
    text = "".join(f"{_iso(line.time)} {line.stream} {_one_line(line.text)}\n" for line in lines)
    return seal.close(text.encode("utf-8", "backslashreplace"))


def from_bytes(data: bytes, seal: LogSeal) -> list[LogLine]:
    """Return the lines that were written; each stream begins with words that say so where they cannot be believed."""
    text, is_signed = seal.open(data)
    lines = _lines(text)
    warnings = [] if is_signed else [LogLine(lines[0].time if lines else 0.0, name, _NOT_SIGNED) for name in STREAMS]
    return warnings + lines


def _lines(data: bytes) -> list[LogLine]:
    """Return the lines of a text; what does not look like one is the rest of the line before it."""
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
