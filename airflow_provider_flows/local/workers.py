"""Attempts as processes: starts them through warm processes, reads what they print, says how they end. LAUNCH phase."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from airflow_provider_flows.errors import FlowsError


@dataclass
class Worker:
    """One attempt that runs: its process, and what it has printed of a line so far.

    `on_line` is called with the stream's name, `stdout` or `stderr`, and a line without its end.
    """

    id: int
    on_start: Callable[[Worker], None]
    on_line: Callable[[Worker, str, str], None]
    pid: int | None = None
    status: int | None = None
    pending: dict[str, bytes] = field(default_factory=dict)
    open_streams: int = 2

    @property
    def is_over(self) -> bool:
        return self.status is not None and not self.open_streams

    @property
    def died_of(self) -> str | None:
        """What ended the process before its time; None when it ended by itself."""
        if self.status is None or self.status >= 0:
            return None
        try:
            name = signal.Signals(-self.status).name
        except ValueError:
            name = f"signal {-self.status}"
        return f"was killed by {name}"

    def signal(self, number: int) -> None:
        """Send a signal to the attempt's process and all that it started."""
        if self.pid is not None and self.status is None:
            try:
                os.killpg(self.pid, number)
            except (ProcessLookupError, PermissionError):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid, number)


class Workers:
    """Starts attempts and waits for them. Attempts with the same environment variables share a warm process."""

    def __init__(self, setting: Mapping[str, Any]) -> None:
        self._setting = dict(setting)
        self._selector = selectors.DefaultSelector()
        self._zygotes: dict[tuple[tuple[str, str], ...], _Connection] = {}
        self._workers: dict[int, Worker] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._workers)

    @property
    def running(self) -> list[Worker]:
        return list(self._workers.values())

    def start(
        self,
        request: Mapping[str, Any],
        environment: Mapping[str, str],
        on_start: Callable[[Worker], None],
        on_line: Callable[[Worker, str, str], None],
    ) -> Worker:
        """Start an attempt in a process of its own; `on_start` is called when it has one."""
        connection = self._connection(environment)
        self._next += 1
        worker = self._workers[self._next] = Worker(self._next, on_start, on_line)
        connection.workers.add(worker.id)
        ends: list[int] = []
        for name in ("stdout", "stderr"):
            read, write = os.pipe()
            os.set_blocking(read, False)
            self._selector.register(read, selectors.EVENT_READ, self._reader(worker, name, read))
            ends.append(write)
        connection.send({**request, "id": worker.id}, ends)
        for end in ends:
            os.close(end)
        return worker

    def wait(self, seconds: float | None = None) -> Iterator[Worker]:
        """Handle what happens until an attempt is over or the time is up; yield those that are over."""
        for key, _ in self._selector.select(seconds):
            key.data()
        for worker in [worker for worker in self._workers.values() if worker.is_over]:
            del self._workers[worker.id]
            yield worker

    def close(self) -> None:
        """End all processes that were started here."""
        for worker in self.running:
            worker.signal(signal.SIGKILL)
        for connection in self._zygotes.values():
            connection.close()
        self._selector.close()

    def _connection(self, environment: Mapping[str, str]) -> _Connection:
        key = tuple(sorted(environment.items()))
        if key not in self._zygotes:
            connection = self._zygotes[key] = _Connection(self._setting, environment)
            self._selector.register(connection.socket, selectors.EVENT_READ, lambda: self._hear(connection))
        return self._zygotes[key]

    def _hear(self, connection: _Connection) -> None:
        messages = connection.receive()
        if messages is None:
            self._selector.unregister(connection.socket)
            for worker in map(self._workers.__getitem__, connection.workers):
                worker.signal(signal.SIGKILL)  # a child outlives the process that would have told of its end
                worker.status = -signal.SIGKILL
            if not connection.ready:
                raise FlowsError("The flow could not be set up in a worker process; see above.")
            self._zygotes = {key: other for key, other in self._zygotes.items() if other is not connection}
            connection.close()
            return
        for message in messages:
            if "id" in message:
                worker = self._workers[message["id"]]
                if "pid" in message:
                    worker.pid = message["pid"]
                    worker.on_start(worker)
                else:
                    worker.status = message["status"]
                    connection.workers.discard(worker.id)

    def _reader(self, worker: Worker, name: str, descriptor: int) -> Callable[[], None]:
        def read() -> None:
            data = os.read(descriptor, 1 << 16)
            *lines, rest = (worker.pending.pop(name, b"") + data).split(b"\n")
            if data:
                worker.pending[name] = rest
            else:
                lines += [rest] if rest else []
                self._selector.unregister(descriptor)
                os.close(descriptor)
                worker.open_streams -= 1
            for line in lines:
                worker.on_line(worker, name, line.decode("utf-8", "replace").rstrip("\r"))

        return read


class _Connection:
    """A warm process and the socket to it."""

    def __init__(self, setting: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self.socket, theirs = socket.socketpair()
        self.workers: set[int] = set()
        self.ready = False
        self._unread = b""
        data = json.dumps(setting).encode()
        module = "airflow_provider_flows.local.zygote"
        command = [sys.executable, "-m", module, str(theirs.fileno()), str(len(data))]
        self._process = subprocess.Popen(
            command, env={**os.environ, **environment}, pass_fds=[theirs.fileno()], start_new_session=True
        )
        theirs.close()
        with contextlib.suppress(ConnectionError):  # that it is gone is heard where its answers are
            self.socket.sendall(data)  # configurations may be longer than an argument can be

    def send(self, request: Mapping[str, Any], descriptors: list[int]) -> None:
        socket.send_fds(self.socket, [json.dumps(request).encode() + b"\n"], descriptors)

    def receive(self) -> list[dict[str, Any]] | None:
        """Return the messages that have come, or None when the process is gone."""
        try:
            data = self.socket.recv(1 << 16)
        except ConnectionError:
            data = b""
        if not data:
            return None
        *lines, self._unread = (self._unread + data).split(b"\n")
        messages = [json.loads(line) for line in lines]
        self.ready = self.ready or any(message.get("ready") for message in messages)
        return messages

    def close(self) -> None:
        self.socket.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
