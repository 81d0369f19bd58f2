"""Attempts as processes: starts them through fork servers, reads what they print, says how they end. LAUNCH phase."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from airflow_provider_flows.environments import ReadyEnvironment
from airflow_provider_flows.errors import FlowsError
from airflow_provider_flows.local.due_queue import DueQueue
from airflow_provider_flows.local.fork_server_client import ForkServerClient
from airflow_provider_flows.local.server_setting import ServerSetting
from airflow_provider_flows.local.worker import Worker
from airflow_provider_flows.task.request import TaskRequest

__all__ = ["Worker", "Workers"]

DRAIN = 0.5
"""Seconds in which output is still taken after a process has ended, from what it started and left behind."""

_Key = tuple[tuple[tuple[str, str], ...], ReadyEnvironment | None]
"""What the attempts of one fork server share: their environment variables and their Python environment."""


class Workers:
    """Starts attempts and waits for them."""

    def __init__(self, setting: ServerSetting) -> None:
        self._setting = setting
        self._selector = selectors.DefaultSelector()
        self._servers: dict[_Key, ForkServerClient] = {}
        self._workers: dict[int, Worker] = {}
        self._over: deque[Worker] = deque()
        self._draining: DueQueue[Worker] = DueQueue()
        self._streams: set[int] = set()
        self._next = 0

    def __len__(self) -> int:
        return len(self._workers) + len(self._over)

    @property
    def running(self) -> list[Worker]:
        return list(self._workers.values())

    def watch(self, descriptor: int, call: Callable[[], None]) -> None:
        """Let `wait` call something when there is something to read."""
        self._selector.register(descriptor, selectors.EVENT_READ, call)

    def start(
        self,
        request: TaskRequest,
        variables: Mapping[str, str],
        environment: ReadyEnvironment | None,
        on_start: Callable[[Worker], None],
        on_line: Callable[[Worker, str, str], None],
        on_prompt: Callable[[Worker, str], None],
    ) -> Worker:
        """Start an attempt in a process of its own, with these environment variables beside the launcher's.

        `environment` is that of its step, None for the launcher's own Python. `on_start` is called when it has one.
        """
        server = self._fork_server(variables, environment)
        self._next += 1
        worker = self._workers[self._next] = Worker(self._next, on_start, on_line, on_prompt)
        server.workers.add(worker.id)
        ends: list[int] = []
        for name in ("stdout", "stderr"):
            read, write = os.pipe()
            os.set_blocking(read, False)
            worker.open_streams[read] = name
            self._streams.add(read)
            ends.append(write)
        server.send({"id": worker.id, "request": request.to_json()}, ends)
        for end in ends:
            os.close(end)
        return worker

    def wait(self, seconds: float | None = None) -> Iterator[Worker]:
        """Handle what happens until an attempt is over or the time is up; yield those that are over."""
        now = 0 if self._over else None
        waits = [each for each in (now, seconds, self._draining.seconds()) if each is not None]
        for key, _ in self._selector.select(min(waits, default=None)):
            key.data()
        while (worker := self._draining.pop()) is not None:
            self._is_over(worker)
        while self._over:
            yield self._over.popleft()

    def forget_unstarted(self) -> None:
        """Give up the attempts that have no process yet, because their fork server is not ready yet."""
        for server in self._servers.values():
            for id in [id for id in server.workers if self._workers[id].pid is None]:
                server.workers.discard(id)
                worker = self._workers.pop(id)
                for descriptor in list(worker.open_streams):
                    self._close(worker, descriptor)

    def close(self) -> None:
        """End all processes that were started here."""
        for worker in self.running:
            worker.signal(signal.SIGKILL)
        for server in self._servers.values():
            server.close()
        self._selector.close()
        for descriptor in self._streams:
            os.close(descriptor)

    def _fork_server(self, variables: Mapping[str, str], environment: ReadyEnvironment | None) -> ForkServerClient:
        key = (tuple(sorted(variables.items())), environment)
        if key not in self._servers:
            setting = self._setting if environment is None else replace(self._setting, path=None)
            server = self._servers[key] = ForkServerClient(setting.to_json(), variables, environment)
            self.watch(server.socket.fileno(), lambda: self._hear(server))
        return self._servers[key]

    def _hear(self, server: ForkServerClient) -> None:
        messages = server.receive()
        if messages is None:
            self._lost(server)
            return
        for message in messages:
            worker = self._workers.get(message.get("id", 0))
            if "pid" in message:
                self._started(worker, message["pid"])
            elif "status" in message and worker is not None:
                server.workers.discard(worker.id)
                worker.last_words = {name: text.encode("latin-1") for name, text in message["last_words"].items()}
                self._ended(worker, message["status"])

    def _started(self, worker: Worker | None, pid: int) -> None:
        if worker is not None:
            worker.pid = pid
            worker.on_start(worker)
            for descriptor, name in worker.open_streams.items():  # now, so that nobody prints before he has started
                self.watch(descriptor, self._reader(worker, name, descriptor))
        else:  # it was forgotten meanwhile
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

    def _lost(self, server: ForkServerClient) -> None:
        self._selector.unregister(server.socket)
        for worker in [self._workers[id] for id in server.workers]:
            worker.signal(signal.SIGKILL)  # a child outlives the process that would have told of its end
            self._ended(worker, -signal.SIGKILL)
        if not server.ready:
            raise FlowsError("The flow could not be set up in a worker process; see above.")
        self._servers = {key: other for key, other in self._servers.items() if other is not server}
        server.close()

    def _ended(self, worker: Worker, status: int) -> None:
        worker.status = status
        if worker.open_streams:
            self._draining.add(DRAIN, worker)
        else:
            self._is_over(worker)

    def _is_over(self, worker: Worker) -> None:
        if self._workers.pop(worker.id, None) is not None:
            worker.over()
            self._over.append(worker)

    def _reader(self, worker: Worker, name: str, descriptor: int) -> Callable[[], None]:
        def read() -> None:
            data = os.read(descriptor, 1 << 16)
            if worker.id in self._workers:  # else a process that was left behind goes on writing, but nobody listens
                worker.printed(name, data)
            if not data:
                self._close(worker, descriptor)
                if worker.status is not None and not worker.open_streams:
                    self._is_over(worker)

        return read

    def _close(self, worker: Worker, descriptor: int) -> None:
        if worker.pid is not None:  # else nobody has begun to read it
            self._selector.unregister(descriptor)
        self._streams.discard(descriptor)
        os.close(descriptor)
        worker.open_streams.pop(descriptor, None)
