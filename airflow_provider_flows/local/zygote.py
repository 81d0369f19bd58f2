"""The warm process of a local run: it has imported the flow, and forks a child for each attempt. TASK phase.

Speaks with the launcher over a socket: a line of JSON for each attempt to run, with the pipes for its output; a line
back when the child has started and one when it has ended. When the launcher is gone, it kills its children and goes,
too. What an attempt started and left behind is killed with it if it failed, else at the end of the run.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import selectors
import signal
import socket
import sys
import traceback
from typing import Any

from airflow_provider_flows.facade import install
from airflow_provider_flows.flow.loading import load_flow
from airflow_provider_flows.store import open_store
from airflow_provider_flows.task.expect import SplitLimit
from airflow_provider_flows.task.model import Attempt, Origin
from airflow_provider_flows.task.run import run_task
from airflow_provider_flows.task.runtime import FlowRuntime, set_up

FAILED = 1


def main() -> None:
    """Serve one launcher until it hangs up; argv: the socket's descriptor, and the bytes that say what to load."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    setting = json.loads(channel.recv(int(sys.argv[2]), socket.MSG_WAITALL))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the launcher's to handle
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    install()
    runtime = _runtime(setting)
    gc.freeze()  # what is here now stays, and children share it
    _Zygote(channel, runtime).serve()


def _runtime(setting: dict[str, Any]) -> FlowRuntime:
    return set_up(
        load_flow(setting["file"], setting["class"]),
        open_store(setting["root"]),
        setting["run_id"],
        specs=tuple(setting["decorators"]),
        options=setting["options"],
        configs=setting["configs"],
        namespace=setting["namespace"],
        username=setting["username"],
        tags=tuple(setting["tags"]),
        # The launcher has cloned what can be cloned: what gets here runs.
        origin=Origin(setting["origin"], frozenset(setting["steps"])) if setting["origin"] else None,
    )


class _Zygote:
    def __init__(self, channel: socket.socket, runtime: FlowRuntime) -> None:
        self._channel, self._runtime = channel, runtime
        self._children: dict[int, int] = {}
        self._left_behind: set[int] = set()
        self._unread, self._unsent = b"", b""
        self._descriptors: list[int] = []
        self._selector = selectors.DefaultSelector()

    def serve(self) -> None:
        wake, woken = socket.socketpair()
        for end in (wake, woken):
            end.setblocking(False)
        signal.set_wakeup_fd(woken.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(self._channel, selectors.EVENT_READ, self._speak)
        self._selector.register(wake, selectors.EVENT_READ, lambda _: bool(wake.recv(4096)))
        try:
            self._say(ready=True)
            alive = True
            while alive:
                for key, events in self._selector.select():
                    alive = key.data(events) and alive
                self._reap()
        except ConnectionError:
            pass  # the launcher died while it was spoken to
        finally:
            for group in (*self._children, *self._left_behind):
                _kill(group)

    def _speak(self, events: int) -> bool:
        if events & selectors.EVENT_WRITE:
            self._send()
        return self._requests() if events & selectors.EVENT_READ else True

    def _requests(self) -> bool:
        """Start what the launcher asks for; return whether it is still there."""
        data, descriptors, _, _ = socket.recv_fds(self._channel, 1 << 16, 2)
        if not data:
            return False
        self._descriptors += descriptors  # they come with the first part of a long request
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            stdout, stderr = self._descriptors[:2]
            del self._descriptors[:2]
            self._start(json.loads(line), stdout, stderr)
        return True

    def _start(self, request: dict[str, Any], stdout: int, stderr: int) -> None:
        pid = os.fork()
        if pid == 0:
            self._channel.close()
            _run_child(self._runtime, request, stdout, stderr)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)  # the child does the same: whoever comes first
        os.close(stdout)
        os.close(stderr)
        self._children[pid] = request["id"]
        self._say(id=request["id"], pid=pid)

    def _reap(self) -> None:
        for pid in list(self._children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._clean_up(pid, failed=status != 0)
                self._say(id=self._children.pop(pid), status=os.waitstatus_to_exitcode(status))

    def _clean_up(self, group: int, failed: bool) -> None:
        """Kill what a child that failed left behind; remember what others did, as long as it is there."""
        if failed:
            _kill(group)
        self._left_behind = {each for each in (*self._left_behind, group) if _is_there(each)}

    def _say(self, **message: Any) -> None:
        self._unsent += json.dumps(message).encode() + b"\n"
        self._send()

    def _send(self) -> None:
        """Send what the launcher can take now: it may be waiting itself, until this process has read its requests."""
        with contextlib.suppress(BlockingIOError):
            while self._unsent:
                self._unsent = self._unsent[self._channel.send(self._unsent, socket.MSG_DONTWAIT) :]
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsent else 0)
        if self._selector.get_key(self._channel).events != events:
            self._selector.modify(self._channel, events, self._speak)


def _run_child(runtime: FlowRuntime, request: dict[str, Any], stdout: int, stderr: int) -> None:
    """Be the process of one attempt; never returns."""
    status = FAILED
    try:
        os.setpgid(0, 0)  # so that what the step starts can be stopped with it
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        status = _run_attempt(runtime, request)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else FAILED
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):  # a step may have closed it
                stream.flush()
        os._exit(status & 0xFF)


def _run_attempt(runtime: FlowRuntime, request: dict[str, Any]) -> int:
    attempt = Attempt(
        request["step"],
        tuple(request["path"]),
        iteration=request["iteration"],
        retry_count=request["retry_count"],
        number=request["retry_count"],  # a local run starts its attempts one by one, and nobody clears them
        fallback=request["fallback"],
        parameters=request["parameters"],
        split_limit=SplitLimit(request["max_num_splits"], "--max-num-splits"),
    )
    outcome = run_task(runtime, attempt)
    if outcome is None or outcome.ok:
        return 0
    error = outcome.exception
    assert error is not None, "an attempt that is not ok failed of something"
    where = f"[{','.join(map(str, attempt.path))}]" if attempt.path else ""
    print(f"<flow {runtime.name} step {attempt.step}{where}> failed:", file=sys.stderr)
    traceback.print_exception(type(error), error, error.__traceback__)
    return FAILED


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _is_there(group: int) -> bool:
    """Whether a group has processes; as long as it has, no other group gets its number."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True


if __name__ == "__main__":
    main()
