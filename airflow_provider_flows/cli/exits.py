"""From what a command returned or raised to the process's exit code. LAUNCH phase."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn, TextIO

import click
from airflow_provider_flows.cli.saying import say
from airflow_provider_flows.errors import FlowsError, StepFailed, StoreUnavailable

FAILED = 1
"""A run failed, `compile --check` found a difference, or a command could not be brought to its end."""
WRONG = 2
"""The flow or the command is wrong, or its store out of reach: nothing was run, and nothing written."""


def exit_code(call: Callable[[], Any]) -> int:
    """Return the exit code of a command; what is wrong is said on stderr in one piece, without a traceback."""
    _open_what_is_closed()
    try:
        return int(call() or 0)
    except click.ClickException as error:
        what = io.StringIO()
        _without_hidden(error).show(what)
        _complain(what.getvalue().rstrip("\n"))
    except click.Abort:
        _complain("Aborted.")
        return FAILED
    except StepFailed as error:
        _complain(str(error))
        return FAILED
    except StoreUnavailable as error:
        _complain(f"{error}. Choose another datastore with --datastore-root.")
    except FlowsError as error:
        _complain(str(error))
    except BrokenPipeError:
        return FAILED  # the reader has seen enough
    except OSError as error:
        _complain(f"{error.filename or 'flows'}: {error.strerror or error}")
        return FAILED if error.filename is None else WRONG  # of what is open already: stdout, above all
    return WRONG


def _complain(text: str) -> None:
    with contextlib.suppress(OSError):  # stderr may be what failed
        say(text, err=True)


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
    """End the process; what the flow's code says at the exit does not follow what the command wrote to stdout.

    A command whose output is lost has failed.
    """
    lost = [stream for stream in (sys.stdout, sys.stderr) if _is_lost(stream)]
    with contextlib.suppress(OSError):
        os.dup2(2, 1)
    sys.exit(code or FAILED if lost else code)


def _is_lost(stream: TextIO) -> bool:
    """Write what is still to be written; where it cannot be, let nobody try again, and return True."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        stream.flush()
        return True
    except (AttributeError, ValueError):
        pass  # it is closed, or something else than a file
    return False


def _without_hidden(error: click.ClickException) -> click.ClickException:
    """Return the error without suggestions of options that help does not show, and that serve old command lines."""
    if not isinstance(error, click.NoSuchOption) or not error.possibilities or error.ctx is None:
        return error
    params = error.ctx.command.get_params(error.ctx)
    hidden = {name for each in params if getattr(each, "hidden", False) for name in (*each.opts, *each.secondary_opts)}
    shown = [name for name in error.possibilities if name not in hidden]
    return click.NoSuchOption(error.option_name, possibilities=shown, ctx=error.ctx)
