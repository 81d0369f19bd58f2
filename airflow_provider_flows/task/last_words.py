"""What a step prints goes out line by line, and a line that has no end yet outlives the process. TASK phase.

A process that crashes, is killed or calls `os._exit` empties no buffers. A line is therefore written when it ends, in
one piece, so that those of threads and forks do not come in between; until then, it is noted in memory that another
process sees, too.
"""

from __future__ import annotations

import contextlib
import io
import mmap
import os
import select
import sys
import tempfile
import threading
from typing import Any, Iterator

from airflow_provider_flows.store.log_format import STREAMS

_ROOM = 4096
"""Bytes for one line, the last one a 0 that ends it; a longer one, which no pipe keeps whole, is written at once."""
_PROCESSES = 32
"""How many have rooms of their own; of two forks that share one, the second writes what the first has left there."""
_SIZE = _PROCESSES * len(STREAMS) * _ROOM
_write, _thread = io.TextIOWrapper.write, threading.get_ident  # steps print in loops
_UNBUFFERED = 2
"""`_IONBF`, as glibc, musl and macOS number it."""


class LastWords:
    """The unfinished lines of a process and its forks, in memory that they share, or those who map its descriptor."""

    def __init__(self, descriptor: int = -1) -> None:
        self.memory = mmap.mmap(descriptor, _SIZE)

    def read(self) -> dict[str, bytes]:
        """Return what each stream was given and has not written, where there is such."""
        found = {name: [self.line(name, process) for process in range(_PROCESSES)] for name in STREAMS}
        return {name: b"\n".join(filter(None, lines)) for name, lines in found.items() if any(lines)}

    def line(self, stream: str, process: int) -> bytes:
        """Return the line that one process, 0 for the first one, has begun."""
        start = self.start(stream, process)
        return self.memory[start : start + _ROOM].partition(b"\0")[0] if self.memory[start] else b""

    @staticmethod
    def start(stream: str, process: int) -> int:
        """Return where its room begins."""
        return (process * len(STREAMS) + STREAMS.index(stream)) * _ROOM


def shared_memory() -> int:
    """Return a descriptor for LastWords that another program can be given."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("last words")
    else:  # macOS
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.truncate(descriptor, _SIZE)
    return descriptor


class _Whole(io.FileIO):
    """A file that is written to the last byte, whatever signals come in between."""

    def write(self, data: Any) -> int:
        written = super().write(data)
        if type(data) is bytes and written == len(data):
            return written
        left = memoryview(data).cast("B")
        size, left = len(left), left[written or 0 :]
        while left:
            if written is None:  # a program that shares the file has made it non-blocking
                select.select([], [self], [])
            written = super().write(left)
            left = left[written or 0 :]
        return size


class StepOutput(io.TextIOWrapper):
    """`sys.stdout` or `sys.stderr` of a step: each line in one piece, whichever threads print.

    The lines that threads have begun are noted in memory; without one, what is not a whole line is written at once.
    """

    def __init__(self, name: str, number: int, encoding: str, errors: str | None) -> None:
        file = _Whole(number, "w", closefd=False)
        file.name = f"<{name}>"
        super().__init__(file, encoding, errors, newline="\n", line_buffering=True)
        self.mode = "w"  # type: ignore[misc]  # as Python's own, which it sets so, too
        self._begun: dict[int, str] = {}
        self._memory: mmap.mmap | None = None
        self._start = self._end = 0
        """Where its room begins, and where the note in it ends."""

    def note_in(self, memory: mmap.mmap, start: int) -> None:
        """Note unfinished lines there from now on; those that were begun before belong to the process that forked."""
        self._begun.clear()
        self._memory, self._start, self._end = memory, start, start

    def note_no_more(self) -> None:
        """Write what is unfinished, now and from now on."""
        self.flush_all()
        self._memory = None

    def write(self, text: str) -> int:
        memory = self._memory
        if memory is None or not isinstance(text, str):
            written = _write(self, text)
            super().flush()
            return written
        thread, begun = _thread(), self._begun
        if "\n" in text or "\r" in text:  # then the base class writes it at once
            _write(self, begun.pop(thread, "") + text)
            if self._end > self._start:
                self._note(memory)
        elif text:
            data = text.encode(self.encoding, self.errors or "strict")  # what cannot be spelled is an error now
            start, end = self._end, self._end + len(data)
            begun[thread] = begun.get(thread, "") + text
            if end >= self._start + _ROOM or b"\0" in data:
                self.flush()
            elif len(begun) == 1:
                memory[start : end + 1] = data + b"\0"
                self._end = end
            else:
                self._note(memory)
        return len(text)

    def flush(self) -> None:
        self._finish(self._begun.pop(_thread(), ""))

    def flush_all(self) -> None:
        """Write the lines that all threads have begun."""
        lines = [self._begun.pop(thread, "") for thread in list(self._begun)]
        self._finish("\n".join(filter(None, lines)))

    def _finish(self, text: str) -> None:
        if text:
            _write(self, text)
        super().flush()
        if self._memory is not None and self._end > self._start:
            self._note(self._memory)

    def _note(self, memory: mmap.mmap) -> None:
        """Note anew what all threads have begun."""
        lines = "\n".join(self._begun.values()) if self._begun else ""
        data = lines.encode(self.encoding, self.errors or "strict")[: _ROOM - 1] if lines else b""
        self._end = self._start + len(data)
        memory[self._start : self._end + 1] = data + b"\0"


_outputs: dict[str, StepOutput] = {}
"""Those of this process."""
_words: LastWords | None = None


@contextlib.contextmanager
def step_output(words: LastWords | None = None, debugged: bool = False) -> Iterator[None]:
    """While the block runs, what is printed goes out line by line, and unfinished lines are noted or go out at once.

    A stream that does not print into its descriptor, such as one that a test captures, stays as it is. Libraries in C
    and other programs in Python, whose memory nobody sees, write at once. (Metaflow 2.19 has its tasks run so, too.)
    Where the step is `debugged`, everything goes out at once, and a debugger meets none of our code on the way.
    """
    before = {name: getattr(sys, name) for each in STREAMS for name in (each, f"__{each}__")}
    is_set = "PYTHONUNBUFFERED" in os.environ  # also to nothing, which turns it off
    for number, name in enumerate(STREAMS, start=1):
        places = [place for place in (name, f"__{name}__") if _descriptor(before[place]) == number]
        if places:
            output = _instead_of(before[places[0]], name, number, debugged)
            if isinstance(output, StepOutput):
                _outputs[name] = output
            vars(sys).update(dict.fromkeys(places, output))
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    _unbuffer_c()
    if words is not None:
        note_unfinished(words)
    try:
        yield
    finally:
        _note_no_more()
        _outputs.clear()
        vars(sys).update(before)
        if not is_set:
            os.environ.pop("PYTHONUNBUFFERED", None)


def note_unfinished(words: LastWords, process: int = 0) -> None:
    """Note the unfinished lines of this process there, and of all that it forks."""
    global _words
    _words = words
    for name, output in _outputs.items():
        if left := words.line(name, process):
            output.buffer.write(left + b"\n")
        output.note_in(words.memory, words.start(name, process))


def flush() -> None:
    """Write what this process has printed, unless its code has closed the stream."""
    for stream in {*_outputs.values(), sys.stdout, sys.stderr}:
        with contextlib.suppress(Exception):
            stream.flush()


def flush_all() -> None:
    """Write what all threads have printed, also the lines that they have begun."""
    for output in _outputs.values():
        with contextlib.suppress(Exception):
            output.flush_all()
    flush()


def _note_no_more() -> None:
    global _words
    _words = None
    for output in _outputs.values():
        with contextlib.suppress(Exception):
            output.note_no_more()


def _be_a_fork() -> None:
    if _words is not None:
        note_unfinished(_words, 1 + os.getpid() % (_PROCESSES - 1))


os.register_at_fork(before=flush, after_in_child=_be_a_fork)


def _instead_of(stream: Any, name: str, number: int, debugged: bool) -> io.TextIOWrapper:
    stream.flush()
    if not debugged:
        return StepOutput(name, number, stream.encoding, stream.errors)
    file: Any = io.FileIO(number, "w", closefd=False)  # as `python -u` has it
    return io.TextIOWrapper(file, stream.encoding, stream.errors, newline="\n", write_through=True)


def _descriptor(stream: Any) -> int | None:
    """Return what a stream prints into; None for one that is closed, or nothing but an object."""
    try:
        return int(stream.fileno())
    except (AttributeError, OSError, ValueError):
        return None


def _unbuffer_c() -> None:
    """Have `printf` write at once."""
    with contextlib.suppress(Exception):  # not every Python has ctypes, nor every library of C that name
        import ctypes

        library = ctypes.CDLL(None)
        name = "__stdoutp" if sys.platform == "darwin" else "stdout"
        library.setvbuf(ctypes.c_void_p.in_dll(library, name), None, _UNBUFFERED, 0)
