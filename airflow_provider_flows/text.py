"""Text for people: control characters that are shown, not obeyed; sizes; addresses without passwords. Any process."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

RESET = "\x1b[0m"
_COLOUR = r"\x1b\[[0-9;:]*m"
_CONTROL = re.compile(rf"({_COLOUR})|[\x00-\x08\x0a-\x1f\x7f-\x9f]")


def on_terminal(text: str, head: str | None = None) -> str:
    """Return a line that somebody printed or stored so that a terminal shows all of it, and nothing else changes.

    Colours work, until the end of the line. A carriage return goes back to behind `head`, the beginning of the line
    that is ours. Other control characters, also those of an escape sequence that is not complete, are shown as `^[`;
    so is the carriage return of a text that has no head.
    """
    if text.isprintable():
        return text
    shown = _CONTROL.sub(lambda match: match[1] or _visible(match[0], head), text)
    return shown + (RESET if "\x1b" in shown else "")


def lines_on_terminal(text: str) -> str:
    """Return a text of several lines as `on_terminal` shows each of them."""
    return text if text.isprintable() else "\n".join(on_terminal(line) for line in text.split("\n"))


def without_controls(text: str) -> str:
    """Return a text with all its control characters shown as text, those of colours and ends of lines included."""
    return text if text.isprintable() else _CONTROL.sub(lambda match: "".join(map(_visible, match[0])), text)


def in_short(value: object, longest: int = 80) -> str:
    """Return the `repr` of any value, cut to so many characters; its type alone where that fails."""
    try:
        text = repr(value)
    except Exception:  # of a class that somebody wrote, or of a number that is too long
        return f"<{type(value).__name__}>"
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def as_text(value: object) -> str:
    """Return the `str` of any value; of one whose class or length does not allow that, `in_short`."""
    try:
        return str(value)
    except Exception:
        return in_short(value)


def size(count: int) -> str:
    """Return a number of bytes for people: `812 B`, `1.4 MiB`."""
    amount, unit = float(count), "B"
    for bigger in ("KiB", "MiB", "GiB", "TiB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, bigger
    return f"{count} B" if unit == "B" else f"{amount:.1f} {unit}"


def first_few(items: Sequence[str], most: int, separator: str = ", ") -> str:
    """Return the first of several items, and how many more there are: `a, b and 3 more`."""
    more = f"{separator.rstrip(', ')} and {len(items) - most} more" if len(items) > most else ""
    return separator.join(items[:most]) + more


def first_lines(lines: Sequence[str], most: int, more: str) -> Iterator[str]:
    """Yield the first of several lines, and `more`, which says with `{}` how many more there are."""
    yield from lines[:most]
    if len(lines) > most:
        yield more.format(len(lines) - most)


def without_password(url: str) -> str:
    """Return an address as it can be shown: the password that it may hold is replaced."""
    password = urlsplit(url).password
    return url.replace(f":{password}@", ":***@", 1) if password else url


def _visible(character: str, head: str | None = None) -> str:
    code = ord(character)
    if character == "\r" and head is not None:
        return f"\r{head}"
    if code >= 128:
        return f"\\x{code:02x}"
    return f"^{chr(code ^ 64)}" if not character.isprintable() else character
