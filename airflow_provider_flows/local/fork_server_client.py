"""A fork server, which has imported what the flow imports, and the socket to it. LAUNCH phase."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from airflow_provider_flows.environments import ReadyEnvironment
from airflow_provider_flows.files import LineBuffer

_MAIN = """from airflow_provider_flows.local.fork_server import main
main()"""
_ONLY_FOLDERS = """import sys
sys.path[:] = [entry for entry in sys.path if entry]  # not the folder at hand, whose files may be called as any module
"""


class ForkServerClient:
    """Started with the first attempt that has its environment variables and its Python environment, None for this one.

    `workers` are the attempts that it runs.
    """

    def __init__(
        self, setting: Mapping[str, Any], variables: Mapping[str, str], environment: ReadyEnvironment | None
    ) -> None:
        self.socket, theirs = socket.socketpair()
        self.workers: set[int] = set()
        self.ready = False
        self._unread = LineBuffer()
        data = json.dumps(setting).encode()
        arguments = [str(theirs.fileno()), str(len(data))]
        if environment is None:
            command = [sys.executable, "-c", _ONLY_FOLDERS + _MAIN, *arguments]
        else:
            command = environment.command(_MAIN, *arguments)
        self._process = subprocess.Popen(
            command, env={**os.environ, **variables}, pass_fds=[theirs.fileno()], start_new_session=True
        )
        theirs.close()
        with contextlib.suppress(ConnectionError):  # that it is gone is heard where its answers are
            self.socket.sendall(data)  # configurations may be longer than an argument can be

    def send(self, message: Mapping[str, Any], descriptors: list[int]) -> None:
        data = json.dumps(message).encode() + b"\n"
        sent = socket.send_fds(self.socket, [data], descriptors)
        self.socket.sendall(data[sent:])  # a signal may have come in between

    def receive(self) -> list[dict[str, Any]] | None:
        """Return the messages that have come, or None when the process is gone."""
        try:
            data = self.socket.recv(1 << 16)
        except ConnectionError:
            data = b""
        if not data:
            return None
        messages = [json.loads(line) for line in self._unread.add(data)]
        self.ready = self.ready or any(message.get("ready") for message in messages)
        return messages

    def close(self) -> None:
        """Let it end what it has started, and end it; it is not asked while it still imports what the flow imports."""
        self.socket.close()
        if not self.ready:
            self._process.kill()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
