"""One attempt in an interpreter of its own: what runs there, and what it tells the process that asked. TASK phase.

Lines of JSON over a socket that the child inherits, never a shell, never pickled code. The first line, to the child, is
an `Assignment`; the child's say that the attempt begins, and how it ended. When the other end is gone, the child ends,
and its process group with it.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import sys
import threading
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from typing import Any, Mapping, NoReturn, Sequence

from airflow_provider_flows.errors import FlowsError, message_of
from airflow_provider_flows.flow.process import FAILED, end_process, exit_status
from airflow_provider_flows.flow.state import Frame
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.metaflow_compat import install
from airflow_provider_flows.metaflow_compat.recorded import type_name
from airflow_provider_flows.setup.flow_setup import FlowSetup
from airflow_provider_flows.setup.runtime import FlowRuntime, set_up
from airflow_provider_flows.store import AttemptRecord, StoreAccess
from airflow_provider_flows.task.attempt import Attempt
from airflow_provider_flows.task.expect import SplitLimit
from airflow_provider_flows.task.host import Host
from airflow_provider_flows.task.last_words import step_output
from airflow_provider_flows.task.outcome import Outcome
from airflow_provider_flows.task.request import TaskRequest
from airflow_provider_flows.task.run_attempt import run_attempt

MAIN = """from airflow_provider_flows.task.elsewhere import main
main()"""
"""Run by the child, with the socket's descriptor as its argument."""


@dataclass(frozen=True)
class Assignment:
    """All that the child is given. JSON both ways; secrets are in `access`, and go through the socket alone.

    `parents` are the address and the attempt of each record that the attempt builds on.
    """

    setup: FlowSetup
    request: TaskRequest
    access: StoreAccess
    parents: Sequence[tuple[TaskAddress, int]]
    split_limit: SplitLimit | None

    def to_json(self) -> dict[str, Any]:
        key = self.access.signing_key
        return {
            "setup": self.setup.to_json(),
            "request": self.request.to_json(),
            "access": {**asdict(self.access), "signing_key": None if key is None else b64encode(key).decode()},
            "parents": [[asdict(address), attempt] for address, attempt in self.parents],
            "split_limit": None if self.split_limit is None else asdict(self.split_limit),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Assignment:
        """Read what `to_json` made."""
        access, limit = data["access"], data["split_limit"]
        key = access["signing_key"]
        return cls(
            FlowSetup.from_json(data["setup"]),
            TaskRequest.from_json(data["request"]),
            StoreAccess(**{**access, "signing_key": None if key is None else b64decode(key)}),
            [(TaskAddress(**address), attempt) for address, attempt in data["parents"]],
            None if limit is None else SplitLimit(**limit),
        )


class _Channel(Host):
    """The child's host: tells the process that asked for the attempt what that would otherwise see itself."""

    def __init__(self, sock: socket.socket, split_limit: SplitLimit | None) -> None:
        self._socket, self.split_limit = sock, split_limit

    def announce(self, address: TaskAddress, frames: tuple[Frame, ...]) -> None:
        self._say(begins={"address": asdict(address), "frames": [frame.to_json() for frame in frames]})

    def ended(self, outcome: Outcome) -> None:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        error = outcome.exception
        self._say(
            ended={
                "attempt": outcome.record.attempt,
                "began": outcome.began,
                "verdict": outcome.verdict,
                "exception": None if error is None else [type_name(type(error)), message_of(error)],
            }
        )

    def failed_before(self, error: BaseException) -> None:
        """The flow could not be set up here; nothing is recorded yet."""
        self._say(not_begun=[type(error).__name__, str(error)])

    def _say(self, **message: Any) -> None:
        self._socket.sendall(json.dumps(message).encode() + b"\n")


def main() -> NoReturn:
    """Run the attempt that the socket asks for, and end as Python does."""
    sock = socket.socket(fileno=int(sys.argv[1]))
    with sock.makefile("rb") as lines:
        assignment = Assignment.from_json(json.loads(lines.readline()))
    threading.Thread(target=_end_with, args=(sock,), daemon=True).start()
    host = _Channel(sock, assignment.split_limit)
    sys.argv[:] = [str(assignment.setup.file)]
    install()
    status = FAILED
    try:
        with step_output():
            status = _run(assignment, host)
    except BaseException as error:
        status = exit_status(error)
    finally:
        end_process(status, atexit._run_exitfuncs)


def _run(assignment: Assignment, host: _Channel) -> int:
    try:
        store = assignment.access.open()
        runtime = set_up(assignment.setup, store=store)
        parents = [_parent(runtime, *each) for each in assignment.parents]
    except (FlowsError, ImportError) as error:
        host.failed_before(error)
        return FAILED
    outcome = run_attempt(runtime, Attempt.of(runtime, assignment.request, parents), host)
    return 0 if outcome.ok else FAILED


def _parent(runtime: FlowRuntime, address: TaskAddress, attempt: int) -> AttemptRecord:
    record = runtime.store.read_attempt(address, attempt)
    if record is None:
        raise FlowsError(f"The record of {address.pathspec}, which this task builds on, is gone.")
    return record


def _end_with(sock: socket.socket) -> None:
    """End this process and those that it started when the one that asked for the attempt is gone."""
    while sock.recv(1):
        pass
    os.killpg(0, signal.SIGKILL)
