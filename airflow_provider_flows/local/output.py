"""What a local run shows, from its header to what is said at its end. LAUNCH phase."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from types import TracebackType
from typing import TextIO

from airflow_provider_flows.errors import FlowsError, OutputLost, RunStopped, reason_of
from airflow_provider_flows.flow.process import exit_status
from airflow_provider_flows.local.ending import Commands, failure_report, summary, to_go_on
from airflow_provider_flows.local.lines import COLOURS, Lines, Look, Out, write_line
from airflow_provider_flows.local.local_run import RunOptions
from airflow_provider_flows.local.tally import Tally
from airflow_provider_flows.packaging.package import Unpacked
from airflow_provider_flows.setup.launch import LaunchedFlow
from airflow_provider_flows.store import Store
from airflow_provider_flows.text import lines_on_terminal

NARROW = 100
"""Columns; a whole prefix has some 65."""


class Output:
    """A run's lines, on stdout; and on stderr, when it has failed, why and how to go on.

    On a terminal there is a live view while it is entered.
    """

    def __init__(
        self, flow: LaunchedFlow, store: Store, run_id: str, options: RunOptions, unpacked: Unpacked | None
    ) -> None:
        self._unpacked = unpacked
        self._flow, self._store, self._run_id, self._options = flow, store, run_id, options
        self._began = time.monotonic()
        file, words = (flow.loaded.file, ()) if unpacked is None else (unpacked.origin, unpacked.words)
        self._commands = Commands.of(file, flow.options, options, words)
        tally = Tally(flow.graph)
        self._out = _out(tally, f"{flow.graph.name}/{run_id}", options.quiet)
        look = COLOURS if _is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") else Look()
        self.lines = Lines(
            run_id,
            self._out,
            tally,
            look,
            self._commands,
            is_terminal=sys.stdout.isatty(),
            quiet=options.quiet,
            short=options.short_prefix or _is_narrow(sys.stdout),
        )

    def header(self, user: str | None) -> None:
        """Say what runs, where it keeps its artifacts, and for whom."""
        name, origin = self._flow.graph.name, self._options.origin
        parts = [f"flow {name}", f"store {self._store.root}", f"user {user}" if user else "no user"]
        parts += [f"resumes run {origin.run_id}"] if origin else []
        parts += [f"from {len(self._unpacked.package.files)} packaged files"] if self._unpacked else []
        self.lines.system(f"Workflow starting (run-id {self._run_id}): {', '.join(parts)}")

    def __enter__(self) -> Lines:
        self._out.open()
        return self.lines

    def __exit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._out.close()
        if isinstance(exception, KeyboardInterrupt):
            self._sum_up("Interrupted after", error=True)
            _say(to_go_on(self._run_id, self._commands))

    def done(self) -> None:
        """Say that the run succeeded, how long it took, and what of."""
        self._sum_up("Done!")

    def failed(self) -> None:
        """Say what the run did until it failed; what failed, why, how to see its log and how to go on."""
        self._sum_up("Failed after", error=True)
        if self.lines.failure is not None:
            where = (self._flow.graph.name, self._run_id)
            _say(failure_report(self.lines.failure, where, self._store, self._commands))

    def stopped(self, error: Exception) -> None:
        """Say why the run could not go on although no step failed, and how it can; stdout may be what failed."""
        with contextlib.suppress(OutputLost):
            self._sum_up("Failed after", error=True)
        with contextlib.suppress(OSError):
            if isinstance(error, RunStopped):
                _say(str(error))
            elif isinstance(error, (FlowsError, OSError)):
                _say(f"The run stopped: {reason_of(error)}")
            else:  # of a decorator's hook
                exit_status(error)
            _say(to_go_on(self._run_id, self._commands))

    def _sum_up(self, how: str, error: bool = False) -> None:
        self.lines.system(summary(how, self.lines.tally, time.monotonic() - self._began), error=error)


class _Stdout:
    """Lines on stdout, each as soon as it is there."""

    def open(self) -> None: ...

    def close(self) -> None: ...

    def write(self, line: str) -> None:
        try:
            write_line(sys.stdout, line)
        except OSError as error:
            raise OutputLost(f"stdout could not be written: {reason_of(error)}") from error


def _out(tally: Tally, title: str, quiet: bool) -> Out:
    if quiet or not _is_terminal(sys.stdout) or sys.stdout.encoding.lower() not in ("utf-8", "utf8"):
        return _Stdout()
    from airflow_provider_flows.local.live_view import LiveView  # rich is for terminals alone, and slow to import

    return LiveView(tally, title)


def _is_terminal(stream: TextIO) -> bool:
    """Whether this is a terminal that understands codes."""
    return stream.isatty() and os.environ.get("TERM", "") not in ("", "dumb", "unknown")


def _is_narrow(stream: TextIO) -> bool:
    """Whether this is a terminal on which whole prefixes would leave hardly any room for what steps print."""
    return stream.isatty() and os.get_terminal_size(stream.fileno()).columns < NARROW


def _say(text: str) -> None:
    write_line(sys.stderr, lines_on_terminal(text) if sys.stderr.isatty() else text)
