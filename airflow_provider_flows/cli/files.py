"""Write the file that an option names: whole or not at all. LAUNCH phase."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from airflow_provider_flows.errors import UsageError, reason_of


def write_file(file: Path, option: str, write: Callable[[IO[bytes]], object]) -> None:
    """Let `write` fill a file, behind a link if it is one; UsageError, and nothing has changed, when it cannot.

    A device or a pipe is written as it stands, and an OSError of that passes: a part of it may be written.
    """
    target = file.resolve()
    try:
        if not file.exists() or file.is_file():
            if not target.parent.is_dir():
                raise UsageError(f"{option} {file}: there is no folder {target.parent}. Create it first.")
            _replace(target, write)
            return
        stream = file.open("wb")
    except OSError as error:
        raise UsageError(f"{option} {file}: it could not be written: {reason_of(error)}.") from None
    with stream:
        write(stream)


def _replace(target: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Replace the file in one step, so that Airflow never parses half a DAG."""
    handle, draft = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            write(stream)
        os.chmod(draft, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
