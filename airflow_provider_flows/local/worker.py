"""One attempt's process as the launcher sees it. LAUNCH phase."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from airflow_provider_flows.flow.process import killed_by
from airflow_provider_flows.task.attempt_log import LineCutter

PROMPTS = (b"(Pdb) ", b"(Pdb++) ", b"ipdb> ")
"""What debuggers print at the beginning of a line, and then wait: nobody would see a line that has no end."""


@dataclass
class Worker:
    """One attempt that runs: its process, and what it has printed of a line so far.

    `on_start` is called when there is a process, `on_line` with the stream's name, `stdout` or `stderr`, and a line
    without its end, `on_prompt` with the prompt of a debugger, once. `status` is the exit code of the process,
    negative for a signal that ended it, None as long as it runs.
    """

    id: int
    on_start: Callable[[Worker], None]
    on_line: Callable[[Worker, str, str], None]
    on_prompt: Callable[[Worker, str], None]
    pid: int | None = None
    status: int | None = None
    pending: defaultdict[str, LineCutter] = field(default_factory=lambda: defaultdict(LineCutter))
    """What came of each stream that is not a line yet, by the stream's name."""
    last_words: Mapping[str, bytes] = field(default_factory=dict)
    """What its process had printed and not written when it ended, by the stream's name."""
    has_prompted: bool = False
    open_streams: dict[int, str] = field(default_factory=dict)
    """The ends of its pipes that are read here, and the stream of each."""

    @property
    def died_of(self) -> str | None:
        """What ended the process before its time; None when it ended by itself."""
        return None if self.status is None else killed_by(self.status)

    def signal(self, number: int) -> None:
        """Send a signal to the attempt's process and all that it started."""
        if self.pid is not None and self.status is None:
            try:
                os.killpg(self.pid, number)
            except (ProcessLookupError, PermissionError):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid, number)

    def printed(self, stream: str, data: bytes) -> None:
        """Take what came out of a stream; hand on the lines that are complete, or as long as a line may be."""
        cutter = self.pending[stream]
        for line in cutter.cut(data):
            self.on_line(self, stream, line)
        if self.has_prompted or not cutter.begun.endswith(PROMPTS):
            return
        self.has_prompted = True
        self.on_prompt(self, cutter.begun.decode("utf-8", "replace").strip())

    def over(self) -> None:
        """Hand on what is left when nothing more will come: the last line of each stream, if it has no end."""
        for stream, data in self.last_words.items():
            self.printed(stream, data)
        for stream, cutter in self.pending.items():
            for line in cutter.rest():
                self.on_line(self, stream, line)
