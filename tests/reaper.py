"""Ends the sessions it was told about. Runs in a process of its own beside the services, of tests or of the demo.

`python -S -E reaper.py TOKEN GRACE` reads session ids from standard input, one per line. When the input ends (whoever
started the services is done, or was killed), or SIGTERM comes, every process of those sessions is stopped, and on
Linux every process with `FLOWS_SERVICES=TOKEN` in its environment. The line `stay` makes it outlive the input.
Airflow's tasks leave the process group of their scheduler, but not its session: hence sessions.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
TOKEN_VARIABLE = "FLOWS_SERVICES"


def main(token: str, grace: float) -> None:
    sessions: set[int] = set()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        for word in map(str.strip, sys.stdin):
            if word == "stay":
                wait_for_end(sessions)
            else:
                sessions.add(int(word))
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        end(sessions, token, grace)


def wait_for_end(sessions: set[int]) -> None:
    while any(session in sessions for _, session in processes()):
        time.sleep(1)


def end(sessions: set[int], token: str, grace: float) -> None:
    """Ask all members to stop, and kill those that are left after `grace` seconds."""
    for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 10.0)):
        signal_all(members(sessions, token), number)
        deadline = time.monotonic() + patience
        while members(sessions, token) and time.monotonic() < deadline:
            time.sleep(0.05)


def signal_all(pids: set[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def members(sessions: set[int], token: str) -> set[int]:
    return {
        pid for pid, session in processes() if pid != os.getpid() and (session in sessions or has_token(pid, token))
    }


def processes() -> Iterator[tuple[int, int]]:
    """Yield (process id, session id) of every process that is not yet a zombie."""
    return proc_processes() if (PROC / "self/stat").exists() else ps_processes()


def proc_processes() -> Iterator[tuple[int, int]]:
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                state, _parent, _group, session = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
            except (OSError, ValueError):
                continue
            if state not in "ZX":
                yield int(folder.name), int(session)


def ps_processes() -> Iterator[tuple[int, int]]:
    listing = subprocess.run(["ps", "-A", "-o", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    for pid, state in (line.split() for line in listing.splitlines()):
        if not state.startswith("Z"):
            try:
                yield int(pid), os.getsid(int(pid))
            except OSError:
                continue


def command_line(pid: int) -> str:
    """Return the command of a running process; empty when there is none."""
    if (PROC / "self/stat").exists():
        try:
            return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    return subprocess.run(["ps", "-p", str(pid), "-o", "args="], capture_output=True, text=True).stdout.strip()


def has_token(pid: int, token: str) -> bool:
    try:
        return f"{TOKEN_VARIABLE}={token}".encode() in (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
