"""From what a command returned or raised to the process's exit code. LAUNCH phase."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import click
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.errors import FlowsError

FAILED = 1
"""A run failed, or `compile --check` found a difference."""
WRONG = 2
"""The flow or the command is wrong."""


def exit_code(call: Callable[[], Any]) -> int:
    """Return the exit code of a command; what is wrong is said on stderr in one piece, without a traceback."""
    _open_what_is_closed()
    try:
        code = int(call() or 0)
        sys.stdout.flush()
        return code
    except click.ClickException as error:
        what = io.StringIO()
        error.show(what)
        say(what.getvalue(), err=True, nl=False)
    except click.Abort:
        say("Aborted.", err=True)
    except FlowsError as error:
        say(str(error), err=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has seen enough
        return FAILED
    except OSError as error:
        say(f"{error.filename or 'flows'}: {error.strerror or error}", err=True)
    return WRONG


def _open_what_is_closed() -> None:
    """Give a process that was started without stdin, stdout or stderr one that leads nowhere.

    Else the next file that is opened, as a pipe of a worker, takes its place.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            with contextlib.suppress(OSError):
                os.fstat(number)
                continue  # another file has it already
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def spell_everything() -> None:
    """Let stdout show what its encoding cannot spell as escapes: no artifact and no log may end a command."""
    with contextlib.suppress(AttributeError, ValueError):  # it may be closed, or something else than a file
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def leave(code: int) -> NoReturn:
    """End the process; what the flow's code says at the exit does not follow what the command wrote to stdout."""
    with contextlib.suppress(OSError, AttributeError, ValueError):
        sys.stdout.flush()
        os.dup2(2, 1)
    sys.exit(code)
