"""Write the file that an option names: whole or not at all. LAUNCH phase."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from airflow_provider_flows.errors import UsageError, reason_of
from airflow_provider_flows.files import draft


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
    path = target.parent / f".{target.name[:100]}.{os.getpid()}.{os.urandom(6).hex()}"
    with draft(str(path)) as descriptor:
        if target.exists():
            os.fchmod(descriptor, target.stat().st_mode & 0o777)  # before anything is in it
        with os.fdopen(descriptor, "wb", closefd=False) as stream:
            write(stream)
        os.replace(path, target)
