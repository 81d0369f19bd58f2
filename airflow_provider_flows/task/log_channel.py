"""Messages between a step and the process that keeps its log, whole or not at all. Worker, both sides.

The step's threads and forked children write into the same socket, and an alarm may go off while they do: so each
message is one packet, and one call of the kernel sends it.
"""

from __future__ import annotations

import errno
import pickle
import socket
import time
from typing import Any, Iterator

LONGEST_TEXT = 1 << 16
"""Bytes of text that go into one message."""
_LARGEST = 1 << 20
"""Bytes that are read for a message; the kernel lets nobody send as many."""
_BUFFER = 1 << 18
"""Bytes that may be under way: macOS allows 2 KiB unless it is asked for more."""
_TRIES, _PAUSE = 1000, 0.01


def pair() -> tuple[socket.socket, socket.socket]:
    """Return two ends that keep messages apart.

    Only with `SOCK_SEQPACKET`, which macOS lacks, does one end see that the other is gone.
    """
    try:
        ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    except OSError:
        ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    for end in ends:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    return ends


def pieces(text: str) -> Iterator[str]:
    """Cut a text so that each piece goes into a message."""
    size = LONGEST_TEXT if text.isascii() else LONGEST_TEXT // 4  # the bytes of the longest characters
    return (text[start : start + size] for start in range(0, len(text) or 1, size))


def send(control: socket.socket, *message: Any) -> bool:
    """Send a message; return False when the other side is gone, or took none in the socket's timeout."""
    data = pickle.dumps(message)
    for _ in range(_TRIES):
        try:
            control.send(data)
            return True
        except OSError as error:
            _raise_what_a_signal_raised(error)
            if error.errno != errno.ENOBUFS:  # what macOS says instead of waiting
                return False
        time.sleep(_PAUSE)
    return False


def receive(control: socket.socket) -> Any:
    """Return a message; None when the other side is gone, or sent none in the socket's timeout.

    Raises `BlockingIOError` when there is none and the socket does not wait.
    """
    try:
        data = control.recv(_LARGEST)
    except BlockingIOError:
        raise
    except OSError as error:
        _raise_what_a_signal_raised(error)
        return None
    return pickle.loads(data) if data else None


def _raise_what_a_signal_raised(error: OSError) -> None:
    """Raise what is not the socket's error but, say, the `TimeoutError` of a step's own alarm, which must pass."""
    below = error.__traceback__ and error.__traceback__.tb_next  # the socket's own calls leave no frames
    if below is not None:
        raise error
