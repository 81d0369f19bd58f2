"""Text as Python string literals that anyone can read and nothing can change. LAUNCH phase, in `flows-compile`.

A literal here evaluates to exactly the text it was made from, holds no character that a reader cannot see, keeps
every line within 120 columns, and is what `ruff format` would have written.
"""

from __future__ import annotations

import re

WIDE = 120
"""Columns that no line of a compiled DAG goes beyond."""

_INVISIBLE = (
    "\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u1680"
    "\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ud800-\uf8ff\ufdd0-\ufdef"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U0010ffff"
)
"""Control, bidi, blank and private characters and surrogates, written out: each Python knows another Unicode."""

_HIDDEN = re.compile(f"[{_INVISIBLE}]")
_ESCAPED = re.compile(rf"[{_INVISIBLE}\\]+")
_ESCAPED_ON_A_LINE = re.compile(rf"[{_INVISIBLE}\\\n\t]+")
_BLANK_AT_END = re.compile(r"[ \t]\n")
_MIXED_INDENTATION = re.compile(r"^(?:\t+ | +\t)[ \t]*", re.MULTILINE)
_TOKENS = re.compile(r"""(?:[^\\]+|\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[\\nrt"']))*""")
_WIDE_CHARACTERS = re.compile("[\u1100-\u115f\u231a-\u23ff\u25fd-\U0010ffff]+")
_LONG_LINE = re.compile(r"[^\n]{31,}")
"""Lines that could be too wide, if they were all tabs."""

_LONGEST_BYTES = 72
_TAB_WIDTH = 4

_NAMED = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class _Escapes(dict[str, str]):
    """Escape sequences by character, made when first asked for."""

    def __missing__(self, char: str) -> str:
        code = ord(char)
        escape = f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
        return self.setdefault(char, _NAMED.get(char, escape))


_ESCAPES = _Escapes()


def width(text: str) -> int:
    """Return at least the columns that one line takes: a character that may be wide counts as two, a tab as four."""
    columns = len(text) + (_TAB_WIDTH - 1) * text.count("\t")
    return columns if text.isascii() else columns + sum(map(len, _WIDE_CHARACTERS.findall(text)))


def on_one_line(text: str) -> str | None:
    """Return the literal of `text` without a line break, or None when it is longer than any line may be."""
    if len(text) > WIDE:
        return None
    quote = "'" if text.count('"') > text.count("'") else '"'
    literal = quote + _escape(_ESCAPED_ON_A_LINE, text).replace(quote, f"\\{quote}") + quote
    return literal if width(literal) <= WIDE else None


def bytes_on_one_line(data: bytes) -> str | None:
    """Return the literal of `data`, or None when it is too long to be read by anybody."""
    text = data.decode("latin-1") if len(data) <= _LONGEST_BYTES else None
    if text is None:
        return None
    quote = "'" if text.count('"') > text.count("'") else '"'
    shown = "".join([char if " " <= char <= "~" and char != "\\" else _ESCAPES[char] for char in text])
    literal = f"b{quote}" + shown.replace(quote, f"\\{quote}") + quote
    return literal if len(literal) <= _LONGEST_BYTES else None


def as_it_is(text: str, column: int = 0, tail: int = 0) -> str | None:
    """Return the triple-quoted literal that shows `text` without any escape, or None when it needs some.

    The literal begins at `column`, and `tail` columns of other text follow it on its last line.
    """
    quote = _triple_quote(text)
    if quote is None or text.endswith("\\") or not _is_plain_to_see(text):
        return None
    literal = ("r" if "\\" in text else "") + quote + text + quote
    return literal if _fits(literal, column, tail) else None


def with_escapes(text: str, column: int = 0, tail: int = 0) -> str:
    """Return the triple-quoted literal of any `text`, in place as `as_it_is`, its lines broken where they are long."""
    quote = _triple_quote(text) or '"""'
    body = _escape(_ESCAPED, text)
    body = _BLANK_AT_END.sub(lambda end: ("\\x20" if end[0][0] == " " else "\\t") + "\n", body)
    body = "\n".join(map(_escape_tabs, body.split("\n"))) if "\t" in body else body
    body = _escape_quotes(body, quote)
    return quote + _break_lines(body, column + len(quote), tail + len(quote)) + quote


def _escape(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda run: "".join([_ESCAPES[char] for char in run[0]]), text)


def _triple_quote(text: str) -> str | None:
    """Return the quotes that need no escape around `text`; double ones where both would do, as formatters have it."""
    for char in "\"'":
        if char * 3 not in text and not text.endswith(char):
            return char * 3
    return None


def _is_plain_to_see(text: str) -> bool:
    return not (_HIDDEN.search(text) or _BLANK_AT_END.search(text) or _MIXED_INDENTATION.search(text))


def _fits(literal: str, column: int, tail: int) -> bool:
    """Whether each line of the literal stays within the columns; lines that are short anyway are not looked at."""
    first, newline, rest = literal.partition("\n")
    last = literal.rpartition("\n")[2]
    return (
        column + width(first) + (0 if newline else tail) <= WIDE
        and width(last) + tail <= WIDE
        and all(width(line[0]) <= WIDE for line in _LONG_LINE.finditer(rest))
    )


def _escape_tabs(line: str) -> str:
    """Escape the tabs of a line but for pure tabs at its start: there they are seen, and no linter minds them."""
    rest = line.lstrip("\t")
    if rest.startswith(" "):
        return line.replace("\t", "\\t")
    return line[: len(line) - len(rest)] + rest.replace("\t", "\\t")


def _escape_quotes(body: str, quote: str) -> str:
    ends_with_quote = body.endswith(quote[0])
    body = (body[:-1] if ends_with_quote else body).replace(quote, f"{quote[:2]}\\{quote[0]}")
    return f"{body}\\{quote[0]}" if ends_with_quote else body


def _break_lines(body: str, column: int, tail: int) -> str:
    """Break the lines that are too long with a backslash, which leaves the text as it is."""
    first, newline, rest = body.partition("\n")
    if not newline:
        return _break_line(first, column, tail)
    middle, newline, last = rest.rpartition("\n")
    middle = _LONG_LINE.sub(lambda line: _break_line(line[0]), middle)
    return f"{_break_line(first, column)}\n{middle}{newline}{_break_line(last, tail=tail)}"


def _break_line(line: str, column: int = 0, tail: int = 0) -> str:
    """Break a line that begins at `column` and is followed by `tail` columns; the first piece is empty if need be."""
    if column and column + width(line[:WIDE]) + tail > WIDE:
        return "\\\n" + _break_line(line, 0, tail)
    pieces, start = [], 0
    while len(line) - start + tail > WIDE or width(line[start:]) + column + tail > WIDE:
        pieces.append(line[start : _break_at(line, start)])
        start += len(pieces[-1])
    return "\\\n".join([*pieces, line[start:]])


def _break_at(line: str, start: int) -> int:
    """Return where the piece of `line` from `start` ends: after a blank if there is a late one, never in an escape."""
    end = min(start + WIDE, len(line)) - 1
    while (excess := width(line[start:end]) + 1 - WIDE) > 0:
        end -= max(1, excess // _TAB_WIDTH)
    whole = _TOKENS.match(line, start, end)
    end = whole.end() if whole else end
    blank = line.rfind(" ", start, end) + 1
    return blank if blank - start > WIDE // 2 else end


def shown(text: str, columns: int = 60) -> str:
    """Return `text` for a header that people read: on one line, not longer than `columns`, its oddities as `?`."""
    text = re.sub(rf'[{_INVISIBLE}\\"\s]', lambda odd: " " if odd[0] == " " else "?", text[: columns + 1])
    if width(text) <= columns:
        return text
    while width(text) >= columns:
        text = text[:-1]
    return f"{text}…"
