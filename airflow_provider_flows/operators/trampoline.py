"""Hand an attempt over to the Python of its step's environment, and wait for it. TRAMPOLINE phase, in the worker."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from airflow_provider_flows.decorators.builtin.timeout import TimeoutDecorator
from airflow_provider_flows.decorators.environments import environment_of
from airflow_provider_flows.environments import EnvironmentSpec, prepare
from airflow_provider_flows.environments.build import resolved
from airflow_provider_flows.errors import EnvironmentFailed, FlowsError, StepFailed
from airflow_provider_flows.flow.process import killed_by
from airflow_provider_flows.flow.state import Frame
from airflow_provider_flows.identity import TaskAddress
from airflow_provider_flows.operators.airflow_log import log_entry
from airflow_provider_flows.operators.storage import require_plain
from airflow_provider_flows.setup.runtime import FlowRuntime
from airflow_provider_flows.store import AttemptRecord, StoreAccess
from airflow_provider_flows.store.bucket import LeftToFsspec
from airflow_provider_flows.store.object_store import find_bucket
from airflow_provider_flows.task.attempt import Attempt
from airflow_provider_flows.task.elsewhere import MAIN, Assignment
from airflow_provider_flows.task.host import Host
from airflow_provider_flows.task.outcome import Outcome
from airflow_provider_flows.task.persist import persist_failure
from airflow_provider_flows.task.run_attempt import run_attempt
from airflow_provider_flows.task.run_task import RunAttempt

_GRACE = 30.0
"""Seconds that the child has beyond a step's `@timeout`, which it keeps itself: to record what @catch makes of it."""
_DRAIN = 5.0
"""Seconds to wait for the end of a process that has said how its attempt ended."""


def runner(runtime: FlowRuntime, step: str, access: StoreAccess) -> RunAttempt:
    """Return what runs the attempts of a step: this process, or one in the step's environment."""
    decorator = environment_of(runtime.step(step))
    spec = None if decorator is None else decorator.environment
    if spec is None:
        return run_attempt
    lock = runtime.setup.locks.get(step)
    if lock is not None:
        spec = replace(spec, lock=tuple(lock))
    own = [each.limit for each in runtime.step(step).decorators if isinstance(each, TimeoutDecorator)]
    return Trampoline(spec, access, own[0] if own else None)


class RaisedElsewhere(Exception):
    """What a step raised in another interpreter: its text; `kind` is the name of its class there."""

    kind = ""

    @classmethod
    def of(cls, kind: str, message: str) -> RaisedElsewhere:
        """Return an exception that shows as the one there does."""
        made: type[RaisedElsewhere] = type(kind.rpartition(".")[2], (cls,), {"kind": kind, "__module__": "builtins"})
        return made(message)


@dataclass(frozen=True)
class EndedElsewhere(Outcome):
    """How an attempt ended in another interpreter, with the words for it that were found there."""

    words: str | None = None

    @property
    def verdict(self) -> str | None:
        return self.words


@dataclass(frozen=True)
class Trampoline:
    """Runs attempts of one step in an environment. `own_timeout` is the step's `@timeout` in seconds, if it has one."""

    spec: EnvironmentSpec
    access: StoreAccess
    own_timeout: float | None = None

    def __call__(self, runtime: FlowRuntime, attempt: Attempt, host: Host) -> Outcome:
        """Build the environment, unless this machine has it, and run the attempt there.

        EnvironmentFailed and EnvironmentUnavailable as `prepare` says. A process that dies is a failed attempt.
        """
        self._check_store()
        ready = prepare(self._resolved(runtime), lambda text: log_entry("info", text))
        started = time.time()
        assignment = Assignment(
            runtime.setup,
            attempt.request,
            self.access,
            [(parent.address, parent.attempt) for parent in attempt.parents],
            host.split_limit,
        )
        self._extend_timeout()
        with _Child(ready.command(MAIN)) as child:
            child.tell(assignment.to_json())
            try:
                outcome = _heard(child, runtime, host)
            except _Died as died:
                error = StepFailed(f"The process of the step {died}.")
                host.disarm()
                outcome = Outcome(persist_failure(runtime, attempt, error, started), error)
                host.ended(outcome)
        return outcome

    def _resolved(self, runtime: FlowRuntime) -> EnvironmentSpec:
        """Return the spec with what this run resolved it to: the first worker that needs it does, for all of them."""
        if self.spec.lock is not None or not self.spec.requirements:
            return self.spec
        store, digest = runtime.store, self.spec.digest
        kept = store.read_packages(runtime.name, runtime.run_id, digest)
        if kept is None:
            kept = store.keep_packages(runtime.name, runtime.run_id, digest, resolved(self.spec))
        return replace(self.spec, lock=kept)

    def _check_store(self) -> None:
        """EnvironmentFailed where only a provider of Airflow's opens the store: there is none in the environment."""
        try:
            if self.access.connection is not None:
                require_plain(self.access.root)
                find_bucket(self.access.root, self.access.connection)
        except LeftToFsspec as left:
            raise EnvironmentFailed(
                f"The datastore {self.access.root} cannot be opened in the step's environment: {left}. "
                "Give the connection keys, or let the step run without an environment of its own."
            ) from None

    def _extend_timeout(self) -> None:
        """Let the running alarm of this process come after the child's own, which ends the step in its own words."""
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        if self.own_timeout is not None and left:
            signal.setitimer(signal.ITIMER_REAL, left + _GRACE)


class _Died(Exception):
    """The child ended without saying how its attempt ended."""


class _Child:
    """A process in a group of its own, which is gone when the block is left, however it is left."""

    def __init__(self, command: list[str]) -> None:
        self._socket, theirs = socket.socketpair()
        arguments = [*command, str(theirs.fileno())]
        self._process = subprocess.Popen(arguments, pass_fds=[theirs.fileno()], start_new_session=True)
        theirs.close()
        self._lines = self._socket.makefile("rb")

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def tell(self, message: Mapping[str, Any]) -> None:
        with contextlib.suppress(ConnectionError):  # that it is gone is heard where its answers are
            self._socket.sendall(json.dumps(message).encode() + b"\n")

    def hear(self) -> dict[str, Any] | None:
        """Return the next message; None when there will be none."""
        with contextlib.suppress(ConnectionError):
            line = self._lines.readline()
            if line.endswith(b"\n"):
                message: dict[str, Any] = json.loads(line)
                return message
        return None

    def ends(self, seconds: float | None = None) -> str:
        """Wait for its end, and return how it ended in words."""
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return "did not end"
        return killed_by(status) or f"ended with exit code {status} before the step was done"


def _heard(child: _Child, runtime: FlowRuntime, host: Host) -> Outcome:
    """Pass on what the child says, and return how the attempt ended; _Died when it does not say so."""
    address: TaskAddress | None = None
    while (message := child.hear()) is not None:
        if "begins" in message:
            address = TaskAddress(**message["begins"]["address"])
            host.announce(address, tuple(map(Frame.from_json, message["begins"]["frames"])))
        elif "not_begun" in message:
            kind, text = message["not_begun"]
            raise EnvironmentFailed(f"The flow cannot be loaded in the step's environment: {kind}: {text}")
        elif "ended" in message and address is not None:
            said = message["ended"]
            child.ends(_DRAIN)  # what it prints while it ends belongs to the attempt
            host.disarm()
            outcome = _outcome(runtime, address, said)
            host.ended(outcome)
            return outcome
    raise _Died(child.ends())


def _outcome(runtime: FlowRuntime, address: TaskAddress, said: Mapping[str, Any]) -> Outcome:
    record: AttemptRecord | None = runtime.store.read_attempt(address, said["attempt"])
    if record is None:
        raise FlowsError(f"The record that {address.pathspec} left is gone.")
    error = None if said["exception"] is None else RaisedElsewhere.of(*said["exception"])
    return EndedElsewhere(record, error, said["began"], said["verdict"])
