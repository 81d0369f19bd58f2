"""The fork server of a local run, with what the flow imports; forks a child for each attempt. TASK phase.

The flow's own modules are imported in each child, as in a process that starts from nothing: what they hold (open
connections, pools of threads, generators of random numbers) belongs to one attempt, and what they register with others
is registered once.

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
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from airflow_provider_flows.errors import FlowsError
from airflow_provider_flows.files import LineBuffer
from airflow_provider_flows.flow.isolation import import_only_from
from airflow_provider_flows.local.child import be_attempt
from airflow_provider_flows.local.server_setting import ServerSetting
from airflow_provider_flows.metaflow_compat import install
from airflow_provider_flows.store.root import signing_key
from airflow_provider_flows.task.last_words import LastWords, step_output
from airflow_provider_flows.task.request import TaskRequest


def main() -> None:
    """Serve one launcher until it hangs up; argv: the socket's descriptor, and the bytes that say what to load."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    setting = ServerSetting.from_json(json.loads(channel.recv(int(sys.argv[2]), socket.MSG_WAITALL)))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the launcher's to handle
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    if setting.path is not None:
        sys.path[:] = setting.path
    install()
    if setting.only_from is not None:
        import_only_from(setting.only_from)
    with step_output():
        _import(setting.modules)
        with contextlib.suppress(FlowsError):
            signing_key()  # so that Airflow's configuration is parsed once, not by each attempt
        gc.freeze()  # what is here now stays, and children share it
        _Server(channel, setting).serve()


def _import(modules: Sequence[str]) -> None:
    """Import what the flow's modules import, so that no attempt has to; one that cannot be is the attempt's to name."""
    for name in modules:
        with contextlib.suppress(Exception, SystemExit):
            import_module(name)


class _Server:
    def __init__(self, channel: socket.socket, setting: ServerSetting) -> None:
        self._channel, self._setting = channel, setting
        self._children: dict[int, tuple[int, LastWords]] = {}
        self._left_behind: set[int] = set()
        self._unread, self._unsent = LineBuffer(), b""
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
        for line in self._unread.add(data):
            stdout, stderr = self._descriptors[:2]
            del self._descriptors[:2]
            self._start(json.loads(line), stdout, stderr)
        return True

    def _start(self, message: dict[str, Any], stdout: int, stderr: int) -> None:
        words = LastWords()
        pid = os.fork()
        if pid == 0:
            self._channel.close()
            be_attempt(self._setting, TaskRequest.from_json(message["request"]), stdout, stderr, words)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)  # the child does the same: whoever comes first
        os.close(stdout)
        os.close(stderr)
        self._children[pid] = message["id"], words
        self._say(id=message["id"], pid=pid)

    def _reap(self) -> None:
        for pid in list(self._children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._clean_up(pid, failed=status != 0)
                id, words = self._children.pop(pid)
                last = {stream: data.decode("latin-1") for stream, data in words.read().items()}  # as JSON has no bytes
                self._say(id=id, status=os.waitstatus_to_exitcode(status), last_words=last)

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
