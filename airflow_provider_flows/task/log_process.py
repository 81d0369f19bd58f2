"""The process beside a step's: passes on what the step prints, and keeps it in the store. Started in the worker.

It outlives a step that crashes or is killed, so that what was printed last is seen and kept, too.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import pickle
import selectors
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any, NoReturn

from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.store import Store
from airflow_provider_flows.store.logs import STDERR
from airflow_provider_flows.task.logs import AttemptLog

_CHUNK = 1 << 16


@dataclass
class Stream:
    """One output of the step: what it writes into now, and where that went before."""

    name: str
    source: int
    target: int
    pending: bytes = b""


class LogProcess:
    """Serves one task. `control` gives pickled messages: what begins, what ended, and lines for the store alone."""

    def __init__(self, control: socket.socket, streams: list[Stream]) -> None:
        self._control, self._streams = control, streams
        self._selector = selectors.DefaultSelector()
        self._log = AttemptLog()
        self._store: Store | None = None
        self._address: TaskAddress | None = None

    def serve(self) -> None:
        """Work until the step's process has closed everything."""
        self._selector.register(self._control, selectors.EVENT_READ, self._hear)
        for stream in self._streams:
            os.set_blocking(stream.source, False)
            self._selector.register(stream.source, selectors.EVENT_READ, lambda stream=stream: self._drain(stream))
        while self._selector.get_map():
            for key, _ in self._selector.select():
                key.data()

    def _hear(self) -> None:
        message = receive(self._control)
        for stream in self._streams:  # all that was printed before it was said is in the pipes by now
            self._drain(stream)
        if message is None:
            self._selector.unregister(self._control)
            self._died()
            return
        word, *values = message
        getattr(self, f"_{word}")(*values)

    def _begin(self, store: Store, address: TaskAddress) -> None:
        self._store, self._address = store, address

    def _line(self, stream: str, text: str) -> None:
        self._log.add(stream, text)

    def _end(self, attempt: int) -> None:
        self._keep(attempt)
        self._control.sendall(b".")  # the task's end waits for it, so that who sees the task sees its log

    def _forget(self) -> None:
        """No attempt is under way: what is printed from now on belongs to none."""
        self._address, self._log = None, self._log.afresh()

    def _died(self) -> None:
        if self._store is not None and self._address is not None:
            self._end_lines()
            self._log.add(STDERR, "The step's process ended before the step did.")
            self._keep(self._store.next_attempt(self._address))

    def _end_lines(self) -> None:
        for stream in self._streams:
            if stream.pending:
                self._log.add(stream.name, _text(stream.pending))
                stream.pending = b""

    def _keep(self, attempt: int) -> None:
        self._end_lines()
        if self._log.lines and self._store is not None and self._address is not None:
            try:
                self._store.write_log(self._address, attempt, self._log.lines)
            except Exception as error:  # a step does not fail for its log, which Airflow has, too
                os.write(self._streams[-1].target, f"The log could not be kept in the store: {error}\n".encode())
        self._forget()

    def _drain(self, stream: Stream) -> None:
        while stream.source >= 0:
            try:
                data = os.read(stream.source, _CHUNK)
            except BlockingIOError:
                return
            if not data:
                self._selector.unregister(stream.source)
                os.close(stream.source)
                stream.source = -1
                return
            with contextlib.suppress(OSError):  # whoever read it may be gone
                _write(stream.target, data)
            *lines, stream.pending = (stream.pending + data).split(b"\n")
            for line in lines:
                self._log.add(stream.name, _text(line))


def start(control: socket.socket, streams: list[Stream]) -> int:
    """Start the process; return its id. It holds nothing open but what it is given."""
    if threading.active_count() > 1:  # as in `dag.test()`: a fork might wait for ever for what a thread held
        return _spawn(control, streams)
    pid = os.fork()
    if pid == 0:
        _be(control, streams)
    return pid


def _spawn(control: socket.socket, streams: list[Stream]) -> int:
    given = json.dumps([control.fileno(), [[each.name, each.source, each.target] for each in streams]])
    ends = [control.fileno(), *(end for each in streams for end in (each.source, each.target))]
    return subprocess.Popen([sys.executable, "-m", __name__, given], pass_fds=ends).pid


def main() -> None:
    """Be the process, in an interpreter of its own."""
    control, streams = json.loads(sys.argv[1])
    _be(socket.socket(fileno=control), [Stream(*stream) for stream in streams])


def _be(control: socket.socket, streams: list[Stream]) -> NoReturn:
    try:
        gc.freeze()  # collecting would copy pages that are shared with the step's process
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGCHLD, signal.SIGUSR1, signal.SIGUSR2):
            signal.signal(number, signal.SIG_IGN)
        kept = {control.fileno(), *(end for stream in streams for end in (stream.source, stream.target))}
        for descriptor in _open_descriptors() - kept:
            with contextlib.suppress(OSError):
                os.close(descriptor)
        LogProcess(control, streams).serve()
    finally:
        os._exit(0)


def _open_descriptors() -> set[int]:
    for folder in ("/proc/self/fd", "/dev/fd"):
        with contextlib.suppress(OSError):
            return {int(name) for name in os.listdir(folder)}
    return set(range(256))


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r")


def send(control: socket.socket, *message: Any) -> None:
    """Send one message to the process."""
    data = pickle.dumps(message)
    control.sendall(len(data).to_bytes(4, "big") + data)


def receive(control: socket.socket) -> Any:
    """Return one message, None when the other side is gone."""
    try:
        head = control.recv(4, socket.MSG_WAITALL)
        data = control.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL) if len(head) == 4 else b""
    except ConnectionError:
        return None
    return pickle.loads(data) if data else None


if __name__ == "__main__":
    main()
